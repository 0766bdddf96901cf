CREATE TABLE profile (id bigint PRIMARY KEY, joined date);
