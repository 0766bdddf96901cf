CREATE TABLE a (id bigint NOT NULL DEFAULT 1, x text); CREATE TABLE b (id bigint, y varchar(40));
CREATE TABLE c (own text) INHERITS (a, b); CREATE TABLE d () INHERITS (c);
