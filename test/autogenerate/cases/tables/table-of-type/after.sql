CREATE TYPE person AS (id bigint, name text);CREATE TABLE people OF person (PRIMARY KEY (id));
