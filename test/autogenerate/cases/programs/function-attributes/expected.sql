-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.add(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT SECURITY DEFINER LEAKPROOF COST 50
 SET search_path TO 'rfx_user', 'public'
 SET statement_timeout TO '3s'
AS $function$ SELECT a + b $function$;

-- downgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.add(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT a + b $function$;
