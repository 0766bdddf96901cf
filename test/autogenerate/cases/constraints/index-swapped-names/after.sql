CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE INDEX b ON profile (name); CREATE INDEX a ON profile (email);
