CREATE TABLE t (id int PRIMARY KEY, b int, c int);
CREATE UNIQUE INDEX i1 ON t (b);
CREATE INDEX "Some Name" ON t (c) WHERE c > 0;
