-- upgrade
SET LOCAL check_function_bodies = off;
DROP INDEX rfx_user.i;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t DROP CONSTRAINT k;
DROP FUNCTION rfx_user.f(rfx_user.mood);
ALTER TABLE rfx_user.t ALTER COLUMN m DROP DEFAULT;
ALTER TYPE rfx_user.mood RENAME TO mood__replaced;
CREATE TYPE rfx_user.mood AS ENUM ('ok', 'happy');
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE rfx_user.mood USING m::text::rfx_user.mood;
DROP TYPE rfx_user.mood__replaced;
ALTER TABLE rfx_user.t ALTER COLUMN m SET DEFAULT 'ok'::rfx_user.mood;
CREATE OR REPLACE FUNCTION rfx_user.f(rfx_user.mood)
 RETURNS text
 LANGUAGE sql
AS $function$SELECT $1::text$function$;
ALTER TABLE rfx_user.t ADD CONSTRAINT k CHECK ((m <> 'happy'::rfx_user.mood));
CREATE VIEW rfx_user.v AS
 SELECT id,
    m
   FROM rfx_user.t
  WHERE (m = 'ok'::rfx_user.mood);
CREATE INDEX i ON rfx_user.t USING btree (m) WHERE (m <> 'happy'::rfx_user.mood);

-- downgrade
ALTER TYPE rfx_user.mood ADD VALUE 'sad' BEFORE 'ok';
