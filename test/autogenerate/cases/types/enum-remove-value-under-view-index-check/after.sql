CREATE TYPE mood AS ENUM ('ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok');
CREATE VIEW v AS SELECT * FROM t WHERE m = 'ok'; CREATE INDEX i ON t (m) WHERE m <> 'happy'; ALTER TABLE t ADD CONSTRAINT k CHECK (m <> 'happy'::mood); CREATE FUNCTION f(mood) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
