CREATE TABLE joined (id int PRIMARY KEY, a text, b text, n text); CREATE VIEW v AS SELECT a FROM joined;
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(t)';
CREATE TABLE event (id int, at date NOT NULL, kind text);
