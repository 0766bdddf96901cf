CREATE FUNCTION f(VARIADIC xs int[]) RETURNS int LANGUAGE sql AS 'SELECT cardinality(xs)';
