-- upgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.p();
CREATE OR REPLACE PROCEDURE rfx_user.p()
 LANGUAGE sql
AS $procedure$SELECT 1$procedure$;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP PROCEDURE rfx_user.p();
CREATE OR REPLACE FUNCTION rfx_user.p()
 RETURNS void
 LANGUAGE sql
AS $function$SELECT 1$function$;
