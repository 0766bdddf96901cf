CREATE TABLE app.t (a integer PRIMARY KEY, b text);
COMMENT ON CONSTRAINT t_pkey ON app.t IS 'key';
