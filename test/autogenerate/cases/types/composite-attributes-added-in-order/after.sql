CREATE TYPE unit AS ENUM ('m', 'ft');
CREATE TYPE point3 AS (x int, z int, y int, u unit, a text);
CREATE TABLE place (id int PRIMARY KEY, at point3);
