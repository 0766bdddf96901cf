CREATE TABLE u (id int PRIMARY KEY, size int NOT NULL);
