CREATE TABLE a (id int DEFAULT 1, kind text DEFAULT 'a', at date);
CREATE TABLE b (id int DEFAULT 2, kind text DEFAULT 'b', at date DEFAULT current_date);
