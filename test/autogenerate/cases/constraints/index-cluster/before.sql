CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE INDEX by_email ON profile (email);
