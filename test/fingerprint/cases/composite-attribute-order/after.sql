CREATE TYPE app.c AS (b text, a integer);
