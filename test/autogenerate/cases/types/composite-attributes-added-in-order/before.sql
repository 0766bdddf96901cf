CREATE TYPE point3 AS (x int);
CREATE TABLE place (id int PRIMARY KEY, at point3);
