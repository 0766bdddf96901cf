CREATE TABLE profile (id bigint PRIMARY KEY) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
