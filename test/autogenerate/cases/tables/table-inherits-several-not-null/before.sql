CREATE TABLE a (id int NOT NULL, x text CHECK (x <> '')); CREATE TABLE b (id int NOT NULL, x text);
CREATE TABLE c () INHERITS (a, b); CREATE TABLE d () INHERITS (a, b);
