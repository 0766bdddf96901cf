CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'new');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok');
CREATE INDEX i ON t (id) WHERE m = 'new';
