CREATE TABLE t (id int4range, valid tsrange);
