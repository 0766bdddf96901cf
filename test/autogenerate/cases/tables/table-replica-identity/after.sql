CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
ALTER TABLE profile REPLICA IDENTITY FULL;
