CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
