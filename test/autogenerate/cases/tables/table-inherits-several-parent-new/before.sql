CREATE TABLE a (id int NOT NULL); CREATE TABLE gone (old text);
CREATE TABLE c (own text) INHERITS (a, gone);
