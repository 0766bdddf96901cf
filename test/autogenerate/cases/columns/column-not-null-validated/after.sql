CREATE TABLE profile (id bigint PRIMARY KEY, joined date CONSTRAINT joined_given NOT NULL);
