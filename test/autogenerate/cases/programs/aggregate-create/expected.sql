-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.acc(s integer, v integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT s + v$function$;
CREATE AGGREGATE rfx_user.total(integer) (SFUNC = rfx_user.acc, STYPE = integer, INITCOND = '0', PARALLEL = SAFE);

-- downgrade
DROP AGGREGATE rfx_user.total(integer);
DROP FUNCTION rfx_user.acc(integer, integer);
