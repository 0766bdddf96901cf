CREATE TABLE t (id int PRIMARY KEY, v text); ALTER TABLE t ALTER v SET (n_distinct = 5);
