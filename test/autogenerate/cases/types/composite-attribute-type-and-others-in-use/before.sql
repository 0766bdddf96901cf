CREATE TYPE point3 AS (x int, gone text, y int);
CREATE TABLE place (id int PRIMARY KEY, at point3, path point3[]);
