CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE VIEW v AS SELECT id, email FROM profile;
