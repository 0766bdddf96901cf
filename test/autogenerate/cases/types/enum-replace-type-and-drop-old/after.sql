CREATE TYPE feeling AS ENUM ('sad', 'ok', 'happy', 'meh'); CREATE TABLE t (id int PRIMARY KEY, m feeling DEFAULT 'ok'); CREATE INDEX i ON t (m) WHERE m = 'ok';
