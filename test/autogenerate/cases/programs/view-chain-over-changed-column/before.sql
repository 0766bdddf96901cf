CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE VIEW people AS SELECT id, name FROM profile;
CREATE VIEW p2 AS SELECT * FROM people; CREATE VIEW p3 AS SELECT name FROM p2 WHERE id > 3; CREATE FUNCTION f() RETURNS SETOF p3 LANGUAGE sql AS 'SELECT * FROM rfx_user.p3';
