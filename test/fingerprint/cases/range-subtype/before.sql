CREATE TYPE app.r AS RANGE (SUBTYPE = integer);
