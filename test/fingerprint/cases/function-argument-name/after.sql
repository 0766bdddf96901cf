CREATE FUNCTION app.f(b integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
