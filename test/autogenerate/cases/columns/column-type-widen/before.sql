CREATE TABLE t (id int PRIMARY KEY, n smallint, v varchar(10));
