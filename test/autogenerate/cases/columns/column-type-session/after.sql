CREATE TABLE t (id int PRIMARY KEY, c timestamptz NOT NULL, d timestamptz DEFAULT '2020-01-01 00:00+00', e text, f timetz, g date, m numeric);
