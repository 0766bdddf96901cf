CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text) WITH (fillfactor = 70, autovacuum_enabled = false);
