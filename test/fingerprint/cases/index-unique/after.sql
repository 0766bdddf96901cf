CREATE TABLE app.t (a integer, b text);
CREATE UNIQUE INDEX i ON app.t (a);
