CREATE TABLE profile (id bigint PRIMARY KEY) WITH (autovacuum_enabled = false, fillfactor = 70);
