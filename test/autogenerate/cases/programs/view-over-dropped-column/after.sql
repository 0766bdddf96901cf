CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL);CREATE VIEW v AS SELECT id FROM profile;
