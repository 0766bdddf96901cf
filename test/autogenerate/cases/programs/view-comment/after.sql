CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE VIEW people AS SELECT id, name FROM profile;
COMMENT ON VIEW people IS 'names'; COMMENT ON COLUMN people.name IS 'full';
