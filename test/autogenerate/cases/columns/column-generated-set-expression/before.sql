CREATE TABLE t (id int PRIMARY KEY, a text, v text GENERATED ALWAYS AS (a || 'x') VIRTUAL);
CREATE VIEW w AS SELECT id, v FROM t;
CREATE TABLE moved (id int PRIMARY KEY, old_name text, u text NOT NULL GENERATED ALWAYS AS (coalesce(old_name, '') || '!') STORED);
CREATE INDEX moved_u ON moved (u);
CREATE TABLE checked (id int PRIMARY KEY, a int CHECK (a > 0), v int GENERATED ALWAYS AS (a * 2) VIRTUAL);
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(t)';
CREATE TABLE called (id int PRIMARY KEY, a text, s text GENERATED ALWAYS AS (shout(a)) STORED);
