CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE WITH (fillfactor = 60), x int4range, EXCLUDE USING gist (x WITH &&));
