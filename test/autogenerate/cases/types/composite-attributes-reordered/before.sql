CREATE TYPE span AS (low int, high int);
CREATE TYPE swapped AS (a text, b text);
CREATE FUNCTION width(s span) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (s).high - (s).low';
CREATE FUNCTION spans() RETURNS SETOF span LANGUAGE sql AS 'SELECT 1, 2';
CREATE VIEW every_span AS SELECT * FROM spans();
CREATE FUNCTION apart(a span, b span) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (a).low - (b).low';
CREATE OPERATOR - (FUNCTION = apart, LEFTARG = span, RIGHTARG = span);
