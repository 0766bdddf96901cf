CREATE TYPE app.c AS (a integer);
COMMENT ON TYPE app.c IS 'x';
COMMENT ON COLUMN app.c.a IS 'y';
