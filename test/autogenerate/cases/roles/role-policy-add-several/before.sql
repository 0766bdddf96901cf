CREATE TABLE t (id int PRIMARY KEY, who text);
