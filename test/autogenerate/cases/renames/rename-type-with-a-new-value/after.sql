CREATE TYPE status AS ENUM ('fresh', 'open', 'closed');
CREATE TABLE t (id int PRIMARY KEY, s status NOT NULL DEFAULT 'fresh', many status[]);
CREATE FUNCTION is_new(s status) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT s = 'fresh' $$;
