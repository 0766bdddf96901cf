CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE INDEX e ON profile (lower(email));
