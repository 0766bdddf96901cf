CREATE TYPE pair AS (a int, b text);
COMMENT ON COLUMN pair.a IS 'first';
CREATE TYPE triple AS (a int, b text, c int);
COMMENT ON COLUMN triple.b IS 'goes with its attribute';
