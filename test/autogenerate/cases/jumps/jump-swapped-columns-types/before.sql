CREATE TABLE t (id int PRIMARY KEY, a int, b text, c timestamp); CREATE UNIQUE INDEX ua ON t (a); CREATE VIEW v AS SELECT a, b FROM t; ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0 AND b <> '');
