-- upgrade
SET LOCAL check_function_bodies = off;
DROP MATERIALIZED VIEW rfx_user.agg;
DROP VIEW rfx_user.list;
DROP PROCEDURE rfx_user.run();
DROP DOMAIN rfx_user.short;
DROP SEQUENCE rfx_user.counter;
CREATE TABLE rfx_user.agg (n integer);
CREATE TABLE rfx_user.list (
  id   integer NOT NULL,
  name text,
  CONSTRAINT list_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.queue ALTER COLUMN at TYPE timestamp with time zone USING at AT TIME ZONE 'UTC';
ALTER TABLE rfx_user.queue ALTER COLUMN at SET DEFAULT now();
CREATE TYPE rfx_user.short AS (t text);
CREATE OR REPLACE FUNCTION rfx_user.run()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
CREATE AGGREGATE rfx_user.mysum(integer) (SFUNC = int4pl, STYPE = integer);
CREATE VIEW rfx_user.counter AS
 SELECT n
   FROM rfx_user.agg;
DROP FUNCTION rfx_user.item();
DROP TABLE rfx_user.thing;
CREATE SEQUENCE rfx_user.agg_i;
CREATE OR REPLACE PROCEDURE rfx_user.item()
 LANGUAGE sql
AS $procedure$SELECT 1$procedure$;
CREATE VIEW rfx_user.thing AS
 SELECT id,
    name
   FROM rfx_user.list;
ALTER TABLE rfx_user.queue ALTER COLUMN s TYPE text USING s::text;
DROP TYPE rfx_user.state;
CREATE DOMAIN rfx_user.state AS text CONSTRAINT state_check CHECK ((VALUE = ANY (ARRAY['a'::text, 'b'::text])));
ALTER TABLE rfx_user.queue ALTER COLUMN s TYPE rfx_user.state USING s::rfx_user.state;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP VIEW rfx_user.counter;
DROP VIEW rfx_user.thing;
DROP AGGREGATE rfx_user.mysum(integer);
DROP FUNCTION rfx_user.run();
DROP PROCEDURE rfx_user.item();
DROP TYPE rfx_user.short;
ALTER TABLE rfx_user.queue ALTER COLUMN at DROP DEFAULT;
DROP TABLE rfx_user.agg;
DROP TABLE rfx_user.list;
DROP SEQUENCE rfx_user.agg_i;
CREATE SEQUENCE rfx_user.counter;
CREATE TABLE rfx_user.thing (
  id   integer NOT NULL,
  name text,
  CONSTRAINT thing_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.queue ALTER COLUMN at TYPE timestamp without time zone USING at AT TIME ZONE 'UTC';
CREATE DOMAIN rfx_user.short AS text CONSTRAINT short_check CHECK ((length(VALUE) < 10));
CREATE OR REPLACE FUNCTION rfx_user.item()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
CREATE OR REPLACE PROCEDURE rfx_user.run()
 LANGUAGE sql
AS $procedure$SELECT 1$procedure$;
CREATE VIEW rfx_user.list AS
 SELECT id,
    name
   FROM rfx_user.thing;
CREATE MATERIALIZED VIEW rfx_user.agg AS
 SELECT count(*) AS n
   FROM rfx_user.list;
CREATE INDEX agg_i ON rfx_user.thing USING btree (name);
ALTER TABLE rfx_user.queue ALTER COLUMN s TYPE text USING s::text;
DROP DOMAIN rfx_user.state;
CREATE TYPE rfx_user.state AS ENUM ('a');
ALTER TABLE rfx_user.queue ALTER COLUMN s TYPE rfx_user.state USING s::rfx_user.state;
