CREATE TABLE profile (id bigint PRIMARY KEY) WITH (fillfactor = 70, autovacuum_enabled = false);
