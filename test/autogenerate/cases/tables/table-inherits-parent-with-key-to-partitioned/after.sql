CREATE TABLE station (id integer PRIMARY KEY);
CREATE TABLE reading (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE reading_all PARTITION OF reading DEFAULT;
