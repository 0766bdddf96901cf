CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE TABLE staff (salary numeric) INHERITS (profile);
