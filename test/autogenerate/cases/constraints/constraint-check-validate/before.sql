CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
ALTER TABLE profile ADD CONSTRAINT k CHECK (id > 0) NOT VALID;
