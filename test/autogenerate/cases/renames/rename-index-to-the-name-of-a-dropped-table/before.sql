CREATE TABLE t (id int PRIMARY KEY, b int);
CREATE INDEX i1 ON t (b);
CREATE TABLE other (id int);
