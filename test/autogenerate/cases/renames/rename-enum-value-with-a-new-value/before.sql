CREATE TYPE st AS ENUM ('new', 'open');
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'new', many st[]);
