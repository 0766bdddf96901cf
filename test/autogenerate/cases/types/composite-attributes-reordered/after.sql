CREATE TYPE span AS (low int, middle int, high int);
CREATE TYPE swapped AS (b text, a text);
CREATE FUNCTION width(s span) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (s).high - (s).low';
CREATE FUNCTION spans() RETURNS SETOF span LANGUAGE sql AS 'SELECT 1, 2, 3';
CREATE VIEW every_span AS SELECT * FROM spans();
CREATE FUNCTION apart(a span, b span) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (a).low - (b).low';
CREATE OPERATOR - (FUNCTION = apart, LEFTARG = span, RIGHTARG = span);
