CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE TRIGGER t BEFORE INSERT ON profile FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TRIGGER t ON profile IS 'stamp';
