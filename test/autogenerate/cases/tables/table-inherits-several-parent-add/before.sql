CREATE TABLE a (id int NOT NULL, CHECK (id > 0)); CREATE TABLE b (name text, size int NOT NULL DEFAULT 0, CHECK (size >= 0));
CREATE TABLE c (own text) INHERITS (a);
CREATE TABLE d (own text) INHERITS (a);
