CREATE FUNCTION acc(s int, v int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT s + v';
CREATE AGGREGATE total(int) (SFUNC = acc, STYPE = int, INITCOND = '0'); CREATE VIEW v AS SELECT total(x) AS t FROM generate_series(1, 3) x;
