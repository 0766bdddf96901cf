CREATE TABLE profile (id bigint PRIMARY KEY, joined date);
ALTER TABLE profile ADD CONSTRAINT joined_given NOT NULL joined NOT VALID;
