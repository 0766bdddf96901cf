CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE TABLE people (id bigint, name text);
