-- upgrade of policy
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_policy.f()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN new; END $function$;
-- upgrade of user
CREATE TRIGGER x BEFORE INSERT ON rfx_user.t FOR EACH ROW EXECUTE FUNCTION rfx_policy.f();

-- downgrade of user
DROP TRIGGER x ON rfx_user.t;
-- downgrade of policy
DROP FUNCTION rfx_policy.f();
