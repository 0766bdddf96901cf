CREATE FUNCTION app.f(a integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
