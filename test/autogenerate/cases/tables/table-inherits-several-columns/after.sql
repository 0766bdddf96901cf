CREATE TABLE a (id int NOT NULL, added text DEFAULT 'new'); CREATE TABLE b (id int NOT NULL, y varchar(20) NOT NULL, added text DEFAULT 'new', CHECK (y <> ''));
CREATE TABLE c (own text) INHERITS (a, b);
