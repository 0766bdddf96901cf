-- upgrade
SET LOCAL check_function_bodies = off;
DROP VIEW rfx_user.things;
DROP FUNCTION rfx_user.make();
DROP TYPE rfx_user.status;
DROP TABLE rfx_user.thing;
DROP SEQUENCE rfx_user.counter;
CREATE SEQUENCE rfx_user.lookup;
CREATE SEQUENCE rfx_user.things_id_seq AS integer;
CREATE TABLE rfx_user.status (
  id integer NOT NULL,
  CONSTRAINT status_pkey PRIMARY KEY (id)
);
CREATE TABLE rfx_user.things (
  id integer NOT NULL DEFAULT nextval('rfx_user.things_id_seq'::regclass),
  k  text,
  s  integer,
  CONSTRAINT things_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE rfx_user.things_id_seq OWNED BY rfx_user.things.id;
CREATE OR REPLACE PROCEDURE rfx_user.make()
 LANGUAGE sql
AS $procedure$SELECT 1$procedure$;
CREATE VIEW rfx_user.thing AS
 SELECT id
   FROM rfx_user.things;
CREATE INDEX counter ON rfx_user.things USING btree (k);

-- downgrade
SET LOCAL check_function_bodies = off;
DROP VIEW rfx_user.thing;
DROP PROCEDURE rfx_user.make();
DROP TABLE rfx_user.status;
DROP TABLE rfx_user.things;
DROP SEQUENCE rfx_user.lookup;
CREATE SEQUENCE rfx_user.counter;
CREATE SEQUENCE rfx_user.thing_id_seq AS integer;
CREATE TABLE rfx_user.thing (
  id integer NOT NULL DEFAULT nextval('rfx_user.thing_id_seq'::regclass),
  k  text,
  CONSTRAINT thing_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE rfx_user.thing_id_seq OWNED BY rfx_user.thing.id;
CREATE TYPE rfx_user.status AS ENUM ('a');
CREATE OR REPLACE FUNCTION rfx_user.make()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
CREATE VIEW rfx_user.things AS
 SELECT id,
    k
   FROM rfx_user.thing;
CREATE INDEX lookup ON rfx_user.thing USING btree (k);
