-- upgrade
DROP EVENT TRIGGER noticing;
DROP FUNCTION rfx_user.noticed();
CREATE TABLE rfx_user.instead (id integer);

-- downgrade
SET LOCAL check_function_bodies = off;
DROP TABLE rfx_user.instead;
CREATE OR REPLACE FUNCTION rfx_user.noticed()
 RETURNS event_trigger
 LANGUAGE plpgsql
AS $function$ BEGIN NULL; END $function$;
CREATE EVENT TRIGGER noticing ON ddl_command_end EXECUTE FUNCTION rfx_user.noticed();
