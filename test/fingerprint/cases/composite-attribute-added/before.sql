CREATE TYPE app.c AS (a integer);
