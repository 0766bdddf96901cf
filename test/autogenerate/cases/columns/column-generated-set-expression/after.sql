CREATE TABLE t (id int PRIMARY KEY, a text, v text GENERATED ALWAYS AS (a || 'y') VIRTUAL);
CREATE VIEW w AS SELECT id, v FROM t;
CREATE TABLE moved (id int PRIMARY KEY, new_name text, u text NOT NULL GENERATED ALWAYS AS (coalesce(new_name, '') || '?') STORED);
CREATE INDEX moved_u ON moved (u);
CREATE TABLE checked (id int PRIMARY KEY, a int CHECK (a > 0), v int GENERATED ALWAYS AS (a * 3) VIRTUAL);
CREATE FUNCTION whisper(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(t)';
CREATE TABLE called (id int PRIMARY KEY, a text, s text GENERATED ALWAYS AS (whisper(a)) STORED);
