CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE VIEW people AS SELECT id, name FROM profile;
