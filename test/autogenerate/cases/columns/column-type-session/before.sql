CREATE TABLE t (id int PRIMARY KEY, c timestamp NOT NULL, d date DEFAULT '2020-01-01', e timestamptz, f time, g text, m money);
