-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.t DROP COLUMN v;
DROP FUNCTION rfx_user.add(integer, integer);
CREATE OR REPLACE FUNCTION rfx_user.add(a integer, b integer DEFAULT 1)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT (a + b)::bigint $function$;
ALTER TABLE rfx_user.t ADD COLUMN v integer GENERATED ALWAYS AS (rfx_user.add(id, 1)) STORED;

-- downgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.t DROP COLUMN v;
DROP FUNCTION rfx_user.add(integer, integer);
CREATE OR REPLACE FUNCTION rfx_user.add(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT a + b $function$;
ALTER TABLE rfx_user.t ADD COLUMN v integer GENERATED ALWAYS AS (rfx_user.add(id, 1)) STORED;
