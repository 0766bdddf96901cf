CREATE DOMAIN short_code AS text CONSTRAINT short_code_check CHECK (VALUE <> '');
CREATE TYPE pair AS (x int, label text);
CREATE TABLE t (id int PRIMARY KEY, c short_code, p pair);
