CREATE TABLE app.t (a integer, b text);
CREATE INDEX i ON app.t (a);
COMMENT ON INDEX app.i IS 'x';
