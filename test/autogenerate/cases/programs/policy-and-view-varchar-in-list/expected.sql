-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.event ENABLE ROW LEVEL SECURITY;
CREATE OR REPLACE FUNCTION rfx_user.counted()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT count(*) AS count
    FROM rfx_user.event
   WHERE ((event.kind)::text = ANY (((ARRAY['a'::character varying, 'b'::character varying])::character varying[])::text[]));
END;
CREATE OR REPLACE FUNCTION rfx_user.noted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN new; END $function$;
CREATE VIEW rfx_user.some_event AS
 SELECT id,
    ((kind)::text = ANY (((ARRAY['c'::character varying, 'd'::character varying])::character varying[])::text[])) AS is_c
   FROM rfx_user.event
  WHERE ((kind)::text <> ALL (((ARRAY['a'::character varying, 'b'::character varying])::character varying[])::text[]));
CREATE TRIGGER noted BEFORE INSERT ON rfx_user.event FOR EACH ROW WHEN (((new.kind)::text = ANY (((ARRAY['a'::character varying, 'b'::character varying])::character varying[])::text[]))) EXECUTE FUNCTION rfx_user.noted();
CREATE POLICY own ON rfx_user.event FOR ALL TO PUBLIC USING (((kind)::text = ANY (((ARRAY['a'::character varying, 'b'::character varying])::character varying[])::text[])));

-- downgrade
DROP POLICY own ON rfx_user.event;
DROP TRIGGER noted ON rfx_user.event;
DROP VIEW rfx_user.some_event;
DROP FUNCTION rfx_user.counted();
DROP FUNCTION rfx_user.noted();
ALTER TABLE rfx_user.event DISABLE ROW LEVEL SECURITY;
