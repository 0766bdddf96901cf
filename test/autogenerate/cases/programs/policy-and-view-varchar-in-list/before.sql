CREATE TABLE event (id bigint PRIMARY KEY, kind varchar NOT NULL);
