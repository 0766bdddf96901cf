CREATE TABLE t (id int PRIMARY KEY, gone int, k int);
CREATE STATISTICS s ON gone, k FROM t;
