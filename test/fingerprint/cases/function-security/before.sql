CREATE FUNCTION app.f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
