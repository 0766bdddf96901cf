CREATE TYPE point3 AS (x bigint, y int, z int, label text);
CREATE TABLE place (id int PRIMARY KEY, at point3, path point3[]);
