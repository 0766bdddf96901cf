CREATE TYPE st AS ENUM ('new', 'open');
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'new', many st[]);
CREATE FUNCTION is_new(s st) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT s = 'new' $$;
