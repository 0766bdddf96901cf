CREATE TABLE t (id int PRIMARY KEY, b int, c int);
CREATE UNIQUE INDEX i2 ON t (b);
CREATE INDEX "other name" ON t (c) WHERE c > 0;
