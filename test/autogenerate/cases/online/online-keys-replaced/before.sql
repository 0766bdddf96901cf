CREATE TABLE t (id int PRIMARY KEY, a text, b int, c int);
CREATE INDEX i1 ON t (a);
CREATE TABLE u (id int PRIMARY KEY);
