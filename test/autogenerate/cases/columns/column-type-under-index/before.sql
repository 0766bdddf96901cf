CREATE TABLE t (id int PRIMARY KEY, n int); CREATE INDEX by_n ON t (n); CREATE INDEX by_half ON t ((n / 2)) WHERE n > 3;
