-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.ins()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN new; END $function$;
CREATE RULE d AS
    ON DELETE TO rfx_user.people DO INSTEAD NOTHING;
CREATE TRIGGER i INSTEAD OF INSERT ON rfx_user.people FOR EACH ROW EXECUTE FUNCTION rfx_user.ins();
ALTER VIEW rfx_user.people ALTER COLUMN name SET DEFAULT 'x'::text;

-- downgrade
DROP RULE d ON rfx_user.people;
DROP TRIGGER i ON rfx_user.people;
DROP FUNCTION rfx_user.ins();
ALTER VIEW rfx_user.people ALTER COLUMN name DROP DEFAULT;
