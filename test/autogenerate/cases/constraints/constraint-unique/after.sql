CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text, UNIQUE (email), CONSTRAINT both_unique UNIQUE NULLS NOT DISTINCT (name, email) INCLUDE (id));
