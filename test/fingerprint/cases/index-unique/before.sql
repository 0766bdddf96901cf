CREATE TABLE app.t (a integer, b text);
CREATE INDEX i ON app.t (a);
