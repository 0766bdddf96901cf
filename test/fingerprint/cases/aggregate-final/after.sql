CREATE AGGREGATE app.g(integer) (SFUNC = int4pl, STYPE = integer, FINALFUNC = int4abs);
