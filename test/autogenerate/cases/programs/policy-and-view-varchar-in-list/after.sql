CREATE TABLE event (id bigint PRIMARY KEY, kind varchar NOT NULL);
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON event USING (kind IN ('a', 'b'));
CREATE VIEW some_event AS SELECT id, kind IN ('c', 'd') AS is_c FROM event WHERE kind NOT IN ('a', 'b');
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER noted BEFORE INSERT ON event FOR EACH ROW WHEN (new.kind IN ('a', 'b')) EXECUTE FUNCTION noted();
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM event WHERE kind IN ('a', 'b'); END;
