CREATE TABLE owner (id bigint PRIMARY KEY);
CREATE TABLE place (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owner, name text);
CREATE UNIQUE INDEX place_owner_name ON place (owner_id, name);
