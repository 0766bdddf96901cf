CREATE TABLE station (id integer PRIMARY KEY);
CREATE TABLE reading (id integer REFERENCES station (id), at date NOT NULL);
CREATE TABLE reading_old () INHERITS (reading);
