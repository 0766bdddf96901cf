CREATE TABLE owner (id bigint PRIMARY KEY);
CREATE TABLE place (id bigint PRIMARY KEY, name text);
CREATE UNIQUE INDEX place_name ON place (name);
