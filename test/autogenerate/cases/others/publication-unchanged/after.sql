CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE PUBLICATION names FOR TABLE profile (id, name) WHERE (id > 0);
