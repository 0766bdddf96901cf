CREATE TABLE profile (id bigint PRIMARY KEY, display_name text NOT NULL, email text);
