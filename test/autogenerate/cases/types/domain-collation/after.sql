CREATE DOMAIN d AS text COLLATE "C"; CREATE TABLE t (id int, v d);
