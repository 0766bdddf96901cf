CREATE FUNCTION near(a int, b int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT abs(a - b) < 2'; CREATE OPERATOR ~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = near, COMMUTATOR = ~~~);
