CREATE TYPE app.c AS (a bigint);
