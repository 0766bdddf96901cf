CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE INDEX a ON profile (name); CREATE INDEX b ON profile (email);
