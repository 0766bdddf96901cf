-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.part DETACH PARTITION rfx_user.part_low;
LOCK TABLE rfx_user.part IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.part__mig_rows AS SELECT l::text AS l, x FROM rfx_user.part;
DROP TABLE rfx_user.part;
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE text USING p::text;
ALTER TABLE rfx_user.t ALTER COLUMN ps TYPE text[] USING ps::text[];
ALTER TABLE rfx_user.part_low ALTER COLUMN l TYPE text USING l::text;
ALTER TABLE rfx_user.t ALTER COLUMN ds TYPE text USING ds::text;
ALTER TABLE rfx_user.t ALTER COLUMN l DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN ls DROP DEFAULT;
DROP DOMAIN rfx_user.lvls;
ALTER TYPE rfx_user.pair ADD ATTRIBUTE d text CASCADE;
DROP VIEW rfx_user.v2;
DROP VIEW rfx_user.v1;
ALTER TABLE rfx_user.t ALTER COLUMN d TYPE text USING d::text;
ALTER TABLE rfx_user.t ALTER COLUMN ls TYPE text[] USING ls::text[];
DROP FUNCTION rfx_user.fp(rfx_user.pair);
DROP TYPE rfx_user.pair;
DROP DOMAIN rfx_user.lvl;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_check;
DROP INDEX rfx_user.t_l_idx;
DROP INDEX rfx_user.fi;
ALTER TABLE rfx_user.t DROP COLUMN g;
ALTER TABLE rfx_user.t ALTER COLUMN l TYPE text USING l::text;
DROP FUNCTION rfx_user.f(rfx_user.level);
DROP TYPE rfx_user.level;
LOCK TABLE rfx_user.part_low IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.part_low__mig_rows AS SELECT l, x FROM rfx_user.part_low;
DROP TABLE rfx_user.part_low;
CREATE TYPE rfx_user.level AS ENUM ('none', 'low', 'high');
CREATE DOMAIN rfx_user.lvls AS rfx_user.level[] CONSTRAINT lvls_check CHECK ((array_length(VALUE, 1) < 6));
CREATE DOMAIN rfx_user.lvl AS rfx_user.level DEFAULT 'none'::rfx_user.level CONSTRAINT lvl_check CHECK ((VALUE <> 'low'::rfx_user.level));
CREATE TYPE rfx_user.pair AS (
  a rfx_user.level,
  b rfx_user.lvl,
  c bigint,
  d text
);
CREATE OR REPLACE FUNCTION rfx_user.f(x rfx_user.level)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT upper(x::text) $function$;
CREATE OR REPLACE FUNCTION rfx_user.fp(x rfx_user.pair)
 RETURNS rfx_user.lvl
 LANGUAGE sql
AS $function$ SELECT x.b $function$;
CREATE TABLE rfx_user.part (
  l rfx_user.level NOT NULL,
  x integer
) PARTITION BY LIST (l);
CREATE TABLE rfx_user.part_low PARTITION OF rfx_user.part FOR VALUES IN ('low', 'none');
CREATE TABLE rfx_user.part_rest PARTITION OF rfx_user.part DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN ds TYPE rfx_user.lvls USING ds::rfx_user.lvls;
ALTER TABLE rfx_user.t ALTER COLUMN d TYPE rfx_user.lvl USING d::rfx_user.lvl;
ALTER TABLE rfx_user.t ALTER COLUMN ls TYPE rfx_user.level[] USING ls::rfx_user.level[];
ALTER TABLE rfx_user.t ALTER COLUMN ls SET DEFAULT '{low,none}'::rfx_user.level[];
ALTER TABLE rfx_user.t ALTER COLUMN l TYPE rfx_user.level USING l::rfx_user.level;
ALTER TABLE rfx_user.t ALTER COLUMN l SET DEFAULT 'none'::rfx_user.level;
ALTER TABLE rfx_user.t ADD COLUMN g text GENERATED ALWAYS AS (
CASE l
    WHEN 'none'::rfx_user.level THEN 'n'::text
    ELSE 'o'::text
END) STORED;
INSERT INTO rfx_user.part (l, x) SELECT l::rfx_user.level, x::integer FROM rfx_user.part__mig_rows;
INSERT INTO rfx_user.part (l, x) SELECT l::rfx_user.level, x::integer FROM rfx_user.part_low__mig_rows;
ALTER TABLE rfx_user.t ALTER COLUMN ps TYPE rfx_user.pair[] USING ps::rfx_user.pair[];
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE rfx_user.pair USING p::rfx_user.pair;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_check CHECK (((l <> 'none'::rfx_user.level) OR (id > 0)));
CREATE VIEW rfx_user.v1 AS
 SELECT id,
    l,
    d,
    ls
   FROM rfx_user.t
  WHERE (l = 'none'::rfx_user.level);
CREATE VIEW rfx_user.v2 AS
 SELECT id,
    l,
    array_agg(d) AS ds
   FROM rfx_user.v1
  GROUP BY id, l;
CREATE INDEX t_l_idx ON rfx_user.t USING btree (l) WHERE (l = 'none'::rfx_user.level);
CREATE INDEX fi ON rfx_user.t USING btree (rfx_user.f(l));
DROP TABLE rfx_user.part__mig_rows;
DROP TABLE rfx_user.part_low__mig_rows;

-- downgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.part DETACH PARTITION rfx_user.part_low;
ALTER TABLE rfx_user.part ATTACH PARTITION rfx_user.part_low FOR VALUES IN ('low');
LOCK TABLE rfx_user.part IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.part__mig_rows AS SELECT l::text AS l, x FROM rfx_user.part;
DROP TABLE rfx_user.part;
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE text USING p::text;
ALTER TABLE rfx_user.t ALTER COLUMN ps TYPE text[] USING ps::text[];
ALTER TABLE rfx_user.t ALTER COLUMN ds TYPE text USING ds::text;
ALTER TABLE rfx_user.t ALTER COLUMN l DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN ls DROP DEFAULT;
DROP DOMAIN rfx_user.lvls;
ALTER TYPE rfx_user.pair DROP ATTRIBUTE d CASCADE;
DROP VIEW rfx_user.v2;
DROP VIEW rfx_user.v1;
ALTER TABLE rfx_user.t ALTER COLUMN d TYPE text USING d::text;
ALTER TABLE rfx_user.t ALTER COLUMN ls TYPE text[] USING ls::text[];
DROP FUNCTION rfx_user.fp(rfx_user.pair);
DROP TYPE rfx_user.pair;
DROP DOMAIN rfx_user.lvl;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_check;
DROP INDEX rfx_user.t_l_idx;
DROP INDEX rfx_user.fi;
ALTER TABLE rfx_user.t DROP COLUMN g;
ALTER TABLE rfx_user.t ALTER COLUMN l TYPE text USING l::text;
DROP FUNCTION rfx_user.f(rfx_user.level);
DROP TYPE rfx_user.level;
CREATE TYPE rfx_user.level AS ENUM ('low', 'mid', 'high');
CREATE DOMAIN rfx_user.lvls AS rfx_user.level[] CONSTRAINT lvls_check CHECK ((array_length(VALUE, 1) < 5));
CREATE DOMAIN rfx_user.lvl AS rfx_user.level DEFAULT 'low'::rfx_user.level CONSTRAINT lvl_check CHECK ((VALUE <> 'high'::rfx_user.level));
CREATE TYPE rfx_user.pair AS (a rfx_user.level, b rfx_user.lvl, c integer);
CREATE OR REPLACE FUNCTION rfx_user.f(x rfx_user.level)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT x::text $function$;
CREATE OR REPLACE FUNCTION rfx_user.fp(x rfx_user.pair)
 RETURNS rfx_user.level
 LANGUAGE sql
AS $function$ SELECT x.a $function$;
CREATE TABLE rfx_user.part (
  l rfx_user.level NOT NULL,
  x integer
) PARTITION BY LIST (l);
CREATE TABLE rfx_user.part_low PARTITION OF rfx_user.part FOR VALUES IN ('low');
CREATE TABLE rfx_user.part_rest PARTITION OF rfx_user.part DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN ds TYPE rfx_user.lvls USING ds::rfx_user.lvls;
ALTER TABLE rfx_user.t ALTER COLUMN d TYPE rfx_user.lvl USING d::rfx_user.lvl;
ALTER TABLE rfx_user.t ALTER COLUMN ls TYPE rfx_user.level[] USING ls::rfx_user.level[];
ALTER TABLE rfx_user.t ALTER COLUMN ls SET DEFAULT '{low,mid}'::rfx_user.level[];
ALTER TABLE rfx_user.t ALTER COLUMN l TYPE rfx_user.level USING l::rfx_user.level;
ALTER TABLE rfx_user.t ALTER COLUMN l SET DEFAULT 'low'::rfx_user.level;
ALTER TABLE rfx_user.t ADD COLUMN g text GENERATED ALWAYS AS (
CASE l
    WHEN 'high'::rfx_user.level THEN 'h'::text
    ELSE 'o'::text
END) STORED;
INSERT INTO rfx_user.part (l, x) SELECT l::rfx_user.level, x::integer FROM rfx_user.part__mig_rows;
ALTER TABLE rfx_user.t ALTER COLUMN ps TYPE rfx_user.pair[] USING ps::rfx_user.pair[];
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE rfx_user.pair USING p::rfx_user.pair;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_check CHECK (((l <> 'mid'::rfx_user.level) OR (id > 0)));
CREATE VIEW rfx_user.v1 AS
 SELECT id,
    l,
    d,
    ls
   FROM rfx_user.t
  WHERE (l = 'high'::rfx_user.level);
CREATE VIEW rfx_user.v2 AS
 SELECT id,
    l,
    array_agg(d) AS ds
   FROM rfx_user.v1
  GROUP BY id, l;
CREATE INDEX t_l_idx ON rfx_user.t USING btree (l) WHERE (l = 'high'::rfx_user.level);
CREATE INDEX fi ON rfx_user.t USING btree (rfx_user.f(l));
DROP TABLE rfx_user.part__mig_rows;
