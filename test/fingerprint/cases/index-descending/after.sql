CREATE TABLE app.t (a integer, b text, c text[]);
CREATE INDEX i ON app.t (a DESC);
