-- upgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.f(integer);
CREATE OR REPLACE FUNCTION rfx_user.f(a integer, OUT b integer, OUT c text, OUT d date)
 RETURNS record
 LANGUAGE sql
AS $function$SELECT 1, $$x$$, current_date$function$;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.f(integer);
CREATE OR REPLACE FUNCTION rfx_user.f(a integer, OUT b integer, OUT c text)
 RETURNS record
 LANGUAGE sql
AS $function$SELECT 1, $$x$$$function$;
