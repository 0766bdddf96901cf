-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.f(VARIADIC xs integer[])
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT cardinality(xs)$function$;

-- downgrade
DROP FUNCTION rfx_user.f(integer[]);
