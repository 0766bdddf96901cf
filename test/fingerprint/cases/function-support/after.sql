CREATE FUNCTION app.f() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION app.f() SUPPORT generate_series_int4_support;
