-- upgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.f();
DROP VIEW rfx_user.p3;
DROP VIEW rfx_user.p2;
DROP VIEW rfx_user.people;
ALTER TABLE rfx_user.profile ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.profile ALTER COLUMN name TYPE character varying(50);
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
CREATE VIEW rfx_user.p2 AS
 SELECT id,
    name
   FROM rfx_user.people;
CREATE VIEW rfx_user.p3 AS
 SELECT name
   FROM rfx_user.p2
  WHERE (id > 3);
CREATE OR REPLACE FUNCTION rfx_user.f()
 RETURNS SETOF rfx_user.p3
 LANGUAGE sql
AS $function$SELECT * FROM rfx_user.p3$function$;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.f();
DROP VIEW rfx_user.p3;
DROP VIEW rfx_user.p2;
DROP VIEW rfx_user.people;
ALTER TABLE rfx_user.profile ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.profile ALTER COLUMN name TYPE text;
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
CREATE VIEW rfx_user.p2 AS
 SELECT id,
    name
   FROM rfx_user.people;
CREATE VIEW rfx_user.p3 AS
 SELECT name
   FROM rfx_user.p2
  WHERE (id > 3);
CREATE OR REPLACE FUNCTION rfx_user.f()
 RETURNS SETOF rfx_user.p3
 LANGUAGE sql
AS $function$SELECT * FROM rfx_user.p3$function$;
