CREATE AGGREGATE app.g(integer) (SFUNC = int4mul, STYPE = integer);
