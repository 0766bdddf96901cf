CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
