-- upgrade
SET LOCAL check_function_bodies = off;
DROP INDEX rfx_user.i;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_v_check;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
DROP FUNCTION rfx_user.add(integer, integer);
CREATE OR REPLACE FUNCTION rfx_user.add(x integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT x + b $function$;
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT rfx_user.add(1, 2);
ALTER TABLE rfx_user.t ADD CONSTRAINT t_v_check CHECK ((rfx_user.add(v, 1) > 0));
CREATE INDEX i ON rfx_user.t USING btree (rfx_user.add(v, 2));

-- downgrade
SET LOCAL check_function_bodies = off;
DROP INDEX rfx_user.i;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_v_check;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
DROP FUNCTION rfx_user.add(integer, integer);
CREATE OR REPLACE FUNCTION rfx_user.add(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT a + b $function$;
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT rfx_user.add(1, 2);
ALTER TABLE rfx_user.t ADD CONSTRAINT t_v_check CHECK ((rfx_user.add(v, 1) > 0));
CREATE INDEX i ON rfx_user.t USING btree (rfx_user.add(v, 2));
