CREATE DOMAIN code AS text CONSTRAINT code_check CHECK (VALUE <> '');
CREATE TYPE pair AS (x int, y text);
CREATE TABLE t (id int PRIMARY KEY, c code, p pair);
