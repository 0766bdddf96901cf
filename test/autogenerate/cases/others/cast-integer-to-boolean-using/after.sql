CREATE TABLE t (id int PRIMARY KEY, flag boolean DEFAULT false NOT NULL);
