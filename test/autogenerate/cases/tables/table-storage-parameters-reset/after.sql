CREATE TABLE profile (id bigint PRIMARY KEY) WITH (fillfactor = 80);
