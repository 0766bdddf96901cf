CREATE TYPE pair AS (a int, b text);
COMMENT ON COLUMN pair.b IS 'second';
CREATE TYPE triple AS (a int, c int);
