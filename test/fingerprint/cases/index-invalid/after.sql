CREATE TABLE app.t (a integer, b text);
CREATE INDEX i ON app.t (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.i'::regclass;
