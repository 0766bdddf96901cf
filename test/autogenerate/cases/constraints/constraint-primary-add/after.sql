CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY, v text);
