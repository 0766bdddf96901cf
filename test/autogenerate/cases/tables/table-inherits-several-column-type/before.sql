CREATE TABLE a (id int NOT NULL DEFAULT 1, x text); CREATE TABLE b (id int, y text);
CREATE TABLE c (own text) INHERITS (a, b); CREATE TABLE d () INHERITS (c);
