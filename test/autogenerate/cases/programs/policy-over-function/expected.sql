-- upgrade
SET LOCAL check_function_bodies = off;
DROP POLICY mine ON rfx_user.profile;
DROP FUNCTION rfx_user.me();
CREATE OR REPLACE FUNCTION rfx_user.me()
 RETURNS character varying
 LANGUAGE sql
 STABLE
AS $function$SELECT current_user::varchar$function$;
CREATE POLICY mine ON rfx_user.profile FOR SELECT TO PUBLIC USING ((name = (rfx_user.me())::text));

-- downgrade
SET LOCAL check_function_bodies = off;
DROP POLICY mine ON rfx_user.profile;
DROP FUNCTION rfx_user.me();
CREATE OR REPLACE FUNCTION rfx_user.me()
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$SELECT current_user::text$function$;
CREATE POLICY mine ON rfx_user.profile FOR SELECT TO PUBLIC USING ((name = rfx_user.me()));
