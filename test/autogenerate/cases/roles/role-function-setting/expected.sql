-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.f()
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET role TO 'case_reader'
AS $function$SELECT 1$function$;

-- downgrade
DROP FUNCTION rfx_user.f();
