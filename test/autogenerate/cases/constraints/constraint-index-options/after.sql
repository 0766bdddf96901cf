CREATE TABLE t (a int PRIMARY KEY WITH (fillfactor = 50), b int UNIQUE, x int4range, EXCLUDE USING gist (x WITH &&));
COMMENT ON INDEX t_pkey IS 'by number';
COMMENT ON INDEX t_x_excl IS 'no two at once';
