CREATE TABLE a (id int DEFAULT 1, kind text DEFAULT 'a', at date);
CREATE TABLE b (id int DEFAULT 2, kind text DEFAULT 'b', at date DEFAULT current_date);
CREATE TABLE c (id int DEFAULT 3, kind text DEFAULT NULL, own int) INHERITS (a, b);
