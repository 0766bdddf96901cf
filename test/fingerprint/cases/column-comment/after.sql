CREATE TABLE app.t (a integer, b text);
COMMENT ON COLUMN app.t.a IS 'x';
