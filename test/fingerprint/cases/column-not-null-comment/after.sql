CREATE TABLE app.t (a integer NOT NULL);
COMMENT ON CONSTRAINT t_a_not_null ON app.t IS 'never';
