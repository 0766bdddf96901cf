-- upgrade
DROP TRIGGER x ON rfx_user.t;
DROP FUNCTION rfx_user.f();

-- downgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.f()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN new; END $function$;
CREATE TRIGGER x BEFORE INSERT ON rfx_user.t FOR EACH ROW EXECUTE FUNCTION rfx_user.f();
