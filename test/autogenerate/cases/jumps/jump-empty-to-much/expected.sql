-- upgrade
SET LOCAL check_function_bodies = off;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok');
CREATE OR REPLACE FUNCTION rfx_user.touch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN new.at := now(); RETURN new; END $function$;
CREATE SEQUENCE rfx_user.diary_id_seq;
CREATE TABLE rfx_user.diary (
  id bigint                   NOT NULL DEFAULT nextval('rfx_user.diary_id_seq'::regclass),
  p  bigint                   NOT NULL,
  m  rfx_user.mood,
  at timestamp with time zone,
  CONSTRAINT diary_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.diary ENABLE ROW LEVEL SECURITY;
CREATE TABLE rfx_user.profile (
  id    bigint NOT NULL,
  name  text   NOT NULL,
  email text,
  CONSTRAINT profile_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE rfx_user.diary_id_seq OWNED BY rfx_user.diary.id;
ALTER TABLE rfx_user.diary ADD CONSTRAINT diary_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.profile(id);
CREATE VIEW rfx_user.v AS
 SELECT id,
    p,
    m,
    at
   FROM rfx_user.diary;
CREATE TRIGGER t BEFORE UPDATE ON rfx_user.diary FOR EACH ROW EXECUTE FUNCTION rfx_user.touch();
CREATE POLICY x ON rfx_user.diary FOR ALL TO PUBLIC USING ((EXISTS ( SELECT
   FROM rfx_user.profile
  WHERE (profile.id = diary.p))));
COMMENT ON TABLE rfx_user.diary IS 'days';
CREATE STATISTICS rfx_user.st ON m, p FROM rfx_user.diary;

-- downgrade
DROP POLICY x ON rfx_user.diary;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.diary DROP CONSTRAINT diary_p_fkey;
DROP TABLE rfx_user.diary;
DROP FUNCTION rfx_user.touch();
DROP TYPE rfx_user.mood;
DROP TABLE rfx_user.profile;
