CREATE TABLE app.t (a integer, b text);
COMMENT ON TYPE app.t IS 'x';
