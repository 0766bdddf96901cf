CREATE TABLE t (id int4range, valid tsrange, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
