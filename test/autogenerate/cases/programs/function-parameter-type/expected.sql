-- upgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.add(integer, integer);
CREATE OR REPLACE FUNCTION rfx_user.add(a bigint, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT a + b $function$;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.add(bigint, integer);
CREATE OR REPLACE FUNCTION rfx_user.add(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT a + b $function$;
