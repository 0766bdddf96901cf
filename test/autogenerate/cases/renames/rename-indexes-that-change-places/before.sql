CREATE TABLE t (id int PRIMARY KEY, b int, c int);
CREATE INDEX i1 ON t (b);
CREATE INDEX i2 ON t (c);
