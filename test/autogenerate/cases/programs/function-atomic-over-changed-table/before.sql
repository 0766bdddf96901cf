CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT name FROM profile; END;
