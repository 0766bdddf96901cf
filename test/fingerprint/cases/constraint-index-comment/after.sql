CREATE TABLE app.t (a integer PRIMARY KEY, b text);
COMMENT ON INDEX app.t_pkey IS 'key';
