CREATE TABLE t (id bigint PRIMARY KEY, a text, b varchar(9), c date); CREATE UNIQUE INDEX ua ON t (lower(a)); CREATE VIEW v AS SELECT b, a FROM t; ALTER TABLE t ADD CONSTRAINT k CHECK (a <> b);
