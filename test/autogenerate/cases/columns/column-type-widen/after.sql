CREATE TABLE t (id bigint PRIMARY KEY, n int, v varchar(100));
