CREATE FUNCTION app.f() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
