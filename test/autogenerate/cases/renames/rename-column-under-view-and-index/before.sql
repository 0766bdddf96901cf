CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE INDEX by_name ON profile (name) WHERE name <> ''; CREATE VIEW v AS SELECT name FROM profile; ALTER TABLE profile ADD CHECK (name <> 'x');
