CREATE TABLE t (id int PRIMARY KEY, b int);
CREATE INDEX other ON t (b);
