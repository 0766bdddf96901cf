CREATE TABLE profile (id bigint PRIMARY KEY, name text, email text NOT NULL);
