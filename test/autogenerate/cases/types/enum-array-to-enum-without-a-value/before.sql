CREATE TYPE r AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int PRIMARY KEY, r r[] NOT NULL);
