-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.near(a integer, b integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT abs(a - b) < 2$function$;
CREATE OPERATOR rfx_user.~~~ (FUNCTION = rfx_user.near, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(rfx_user.~~~));

-- downgrade
DROP OPERATOR rfx_user.~~~ (integer, integer);
DROP FUNCTION rfx_user.near(integer, integer);
