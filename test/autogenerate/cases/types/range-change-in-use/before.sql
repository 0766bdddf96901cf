CREATE TYPE span AS RANGE (subtype = int);CREATE TABLE t (id int, s span);
