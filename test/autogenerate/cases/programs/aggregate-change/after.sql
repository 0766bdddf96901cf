CREATE FUNCTION acc(s int, v int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT s + v';
CREATE AGGREGATE total(int) (SFUNC = acc, STYPE = int, INITCOND = '5');
