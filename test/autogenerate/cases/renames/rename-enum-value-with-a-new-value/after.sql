CREATE TYPE st AS ENUM ('fresh', 'open', 'closed');
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'fresh', many st[]);
