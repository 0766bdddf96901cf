CREATE TYPE span AS RANGE (subtype = float8);
