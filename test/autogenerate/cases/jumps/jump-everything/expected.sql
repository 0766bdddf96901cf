-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.words ALTER COLUMN w TYPE text USING w::text;
DROP DOMAIN rfx_user.word;
DROP INDEX rfx_user.by_m;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.diary DROP CONSTRAINT diary_p_fkey;
DROP FUNCTION rfx_user.f(rfx_user.mood);
ALTER TABLE rfx_user.diary ALTER COLUMN m DROP DEFAULT;
ALTER TABLE rfx_user.profile DROP COLUMN name;
ALTER SEQUENCE rfx_user.diary_id_seq AS bigint MAXVALUE 9223372036854775807;
ALTER TABLE rfx_user.profile ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval('rfx_user.profile_id_seq', max(id)) FROM rfx_user.profile HAVING max(id) >= (SELECT last_value FROM rfx_user.profile_id_seq);
ALTER TABLE rfx_user.diary ADD COLUMN at timestamp with time zone DEFAULT now();
ALTER TABLE rfx_user.profile ADD COLUMN full_name text NOT NULL;
ALTER TABLE rfx_user.words ADD COLUMN n integer DEFAULT length('x'::text);
ALTER TABLE rfx_user.diary ALTER COLUMN body TYPE text;
ALTER TABLE rfx_user.diary ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.diary ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.diary ALTER COLUMN id SET DEFAULT nextval('rfx_user.diary_id_seq'::regclass);
ALTER TABLE rfx_user.words ALTER COLUMN d TYPE bigint;
CREATE DOMAIN rfx_user.word AS text CONSTRAINT word_check CHECK ((VALUE <> ''::text));
ALTER TABLE rfx_user.words ALTER COLUMN w TYPE rfx_user.word USING w::rfx_user.word;
CREATE TYPE rfx_user.feeling AS ENUM ('ok', 'great', 'sad');
CREATE OR REPLACE FUNCTION rfx_user.f(rfx_user.feeling)
 RETURNS text
 LANGUAGE sql
AS $function$SELECT $1::text$function$;
ALTER TABLE rfx_user.diary ADD CONSTRAINT diary_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.profile(id) ON DELETE CASCADE;
ALTER TABLE rfx_user.profile ADD CONSTRAINT profile_email_key UNIQUE (email);
CREATE VIEW rfx_user.v AS
 SELECT d.id,
    p.full_name AS name,
    d.m,
    d.at
   FROM (rfx_user.diary d
     JOIN rfx_user.profile p ON ((p.id = d.p)));
CREATE MATERIALIZED VIEW rfx_user.mv AS
 SELECT m,
    count(*) AS count
   FROM rfx_user.v
  GROUP BY m;
DROP MATERIALIZED VIEW rfx_user.mv;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.diary ALTER COLUMN m TYPE rfx_user.feeling USING m::text::rfx_user.feeling;
DROP TYPE rfx_user.mood;
CREATE INDEX by_m ON rfx_user.diary USING btree (m, at) WHERE (m <> 'sad'::rfx_user.feeling);
ALTER TABLE rfx_user.diary ALTER COLUMN m SET DEFAULT 'great'::rfx_user.feeling;
CREATE VIEW rfx_user.v AS
 SELECT d.id,
    p.full_name AS name,
    d.m,
    d.at
   FROM (rfx_user.diary d
     JOIN rfx_user.profile p ON ((p.id = d.p)));
CREATE MATERIALIZED VIEW rfx_user.mv AS
 SELECT m,
    count(*) AS count
   FROM rfx_user.v
  GROUP BY m;

-- downgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.words ALTER COLUMN w TYPE text USING w::text;
DROP DOMAIN rfx_user.word;
DROP INDEX rfx_user.by_m;
DROP MATERIALIZED VIEW rfx_user.mv;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.diary DROP CONSTRAINT diary_p_fkey;
ALTER TABLE rfx_user.profile DROP CONSTRAINT profile_email_key;
DROP FUNCTION rfx_user.f(rfx_user.feeling);
ALTER TABLE rfx_user.diary ALTER COLUMN m DROP DEFAULT;
ALTER TABLE rfx_user.diary DROP COLUMN at;
ALTER TABLE rfx_user.profile DROP COLUMN full_name;
ALTER TABLE rfx_user.words DROP COLUMN n;
ALTER SEQUENCE rfx_user.diary_id_seq AS integer MAXVALUE 2147483647;
ALTER TABLE rfx_user.profile ALTER COLUMN id DROP IDENTITY;
ALTER TABLE rfx_user.profile ADD COLUMN name text NOT NULL;
ALTER TABLE rfx_user.diary ALTER COLUMN body TYPE character varying(100);
ALTER TABLE rfx_user.diary ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.diary ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.diary ALTER COLUMN id SET DEFAULT nextval('rfx_user.diary_id_seq'::regclass);
ALTER TABLE rfx_user.words ALTER COLUMN d TYPE integer;
CREATE DOMAIN rfx_user.word AS character varying(20);
ALTER TABLE rfx_user.words ALTER COLUMN w TYPE rfx_user.word USING w::rfx_user.word;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok');
CREATE OR REPLACE FUNCTION rfx_user.f(rfx_user.mood)
 RETURNS text
 LANGUAGE sql
AS $function$SELECT $1::text$function$;
ALTER TABLE rfx_user.diary ADD CONSTRAINT diary_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.profile(id);
ALTER TABLE rfx_user.diary ALTER COLUMN m TYPE rfx_user.mood USING m::text::rfx_user.mood;
DROP TYPE rfx_user.feeling;
CREATE INDEX by_m ON rfx_user.diary USING btree (m) WHERE (m = 'ok'::rfx_user.mood);
ALTER TABLE rfx_user.diary ALTER COLUMN m SET DEFAULT 'ok'::rfx_user.mood;
CREATE VIEW rfx_user.v AS
 SELECT d.id,
    p.name,
    d.m
   FROM (rfx_user.diary d
     JOIN rfx_user.profile p ON ((p.id = d.p)));
