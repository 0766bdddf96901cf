CREATE TABLE app.t (a integer, b text);
CREATE VIEW app.v AS SELECT a FROM app.t;
COMMENT ON COLUMN app.v.a IS 'x';
