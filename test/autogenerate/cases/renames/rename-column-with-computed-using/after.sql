CREATE TABLE t (id int PRIMARY KEY, size int NOT NULL);
