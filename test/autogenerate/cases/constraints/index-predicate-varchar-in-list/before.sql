CREATE TABLE event (id bigint PRIMARY KEY, kind varchar NOT NULL, run varchar(20));
