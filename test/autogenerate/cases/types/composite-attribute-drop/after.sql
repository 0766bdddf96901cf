CREATE TYPE pair AS (a int);
CREATE TABLE t (id int, p pair);
