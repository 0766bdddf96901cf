CREATE TABLE t_old (id int PRIMARY KEY, a text);
CREATE TABLE t (id bigint PRIMARY KEY, b date);
