-- upgrade
SET LOCAL check_function_bodies = off;
DROP MATERIALIZED VIEW rfx_user.m;
DROP FUNCTION rfx_user.one();
CREATE OR REPLACE FUNCTION rfx_user.one()
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT 1::bigint$function$;
CREATE MATERIALIZED VIEW rfx_user.m AS
 SELECT rfx_user.one() AS x;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP MATERIALIZED VIEW rfx_user.m;
DROP FUNCTION rfx_user.one();
CREATE OR REPLACE FUNCTION rfx_user.one()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT 1$function$;
CREATE MATERIALIZED VIEW rfx_user.m AS
 SELECT rfx_user.one() AS x;
