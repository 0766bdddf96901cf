-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.add(a text, b text)
 RETURNS text
 LANGUAGE sql
AS $function$ SELECT a || b $function$;

-- downgrade
DROP FUNCTION rfx_user.add(text, text);
