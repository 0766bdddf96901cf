CREATE FUNCTION kept() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE TABLE instead (id int);
