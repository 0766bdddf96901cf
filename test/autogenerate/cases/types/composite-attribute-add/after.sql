CREATE TYPE pair AS (a int, b text, c date);
CREATE TABLE t (id int, p pair);
