CREATE FUNCTION app.f() RETURNS bigint LANGUAGE internal AS 'window_row_number';
