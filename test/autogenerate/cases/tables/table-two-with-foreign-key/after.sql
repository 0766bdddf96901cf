CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE TABLE post (id bigint PRIMARY KEY, author bigint NOT NULL REFERENCES profile (id) ON DELETE CASCADE, body text);
