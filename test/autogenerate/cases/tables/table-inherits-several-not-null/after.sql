CREATE TABLE a (id int, x text); CREATE TABLE b (id int NOT NULL, x text CHECK (x <> ''));
CREATE TABLE c () INHERITS (a, b); CREATE TABLE d (CHECK (id > 0)) INHERITS (a);
