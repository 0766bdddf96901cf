CREATE AGGREGATE app.g(integer) (SFUNC = int4pl, STYPE = integer);
