-- upgrade
SET LOCAL check_function_bodies = off;
DROP INDEX rfx_user.moved_u;
ALTER TABLE rfx_user.checked DROP COLUMN v;
ALTER TABLE rfx_user.moved DROP COLUMN u;
ALTER TABLE rfx_user.moved DROP COLUMN old_name;
ALTER TABLE rfx_user.checked ADD COLUMN v integer GENERATED ALWAYS AS ((a * 3)) VIRTUAL;
ALTER TABLE rfx_user.moved ADD COLUMN new_name text;
ALTER TABLE rfx_user.moved ADD COLUMN u text GENERATED ALWAYS AS ((COALESCE(new_name, ''::text) || '?'::text)) STORED NOT NULL;
CREATE OR REPLACE FUNCTION rfx_user.whisper(t text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT lower(t)$function$;
ALTER TABLE rfx_user.called ALTER COLUMN s SET EXPRESSION AS (rfx_user.whisper(a));
ALTER TABLE rfx_user.t ALTER COLUMN v SET EXPRESSION AS ((a || 'y'::text));
CREATE INDEX moved_u ON rfx_user.moved USING btree (u);
DROP FUNCTION rfx_user.shout(text);

-- downgrade
SET LOCAL check_function_bodies = off;
DROP INDEX rfx_user.moved_u;
ALTER TABLE rfx_user.checked DROP COLUMN v;
ALTER TABLE rfx_user.moved DROP COLUMN u;
ALTER TABLE rfx_user.moved DROP COLUMN new_name;
ALTER TABLE rfx_user.checked ADD COLUMN v integer GENERATED ALWAYS AS ((a * 2)) VIRTUAL;
ALTER TABLE rfx_user.moved ADD COLUMN old_name text;
ALTER TABLE rfx_user.moved ADD COLUMN u text GENERATED ALWAYS AS ((COALESCE(old_name, ''::text) || '!'::text)) STORED NOT NULL;
CREATE OR REPLACE FUNCTION rfx_user.shout(t text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT upper(t)$function$;
ALTER TABLE rfx_user.called ALTER COLUMN s SET EXPRESSION AS (rfx_user.shout(a));
ALTER TABLE rfx_user.t ALTER COLUMN v SET EXPRESSION AS ((a || 'x'::text));
CREATE INDEX moved_u ON rfx_user.moved USING btree (u);
DROP FUNCTION rfx_user.whisper(text);
