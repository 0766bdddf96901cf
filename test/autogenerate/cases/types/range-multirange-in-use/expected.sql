-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.p DROP COLUMN x;
ALTER TABLE rfx_user.p DROP COLUMN xs;
DROP TYPE rfx_user.person;
DROP TYPE rfx_user.addr;
ALTER TABLE rfx_user.p ALTER COLUMN dom TYPE text[] USING dom::text[];
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE text USING id::text;
ALTER TABLE rfx_user.q ALTER COLUMN r TYPE text USING r::text;
DROP TYPE rfx_user.prange;
DROP DOMAIN rfx_user.posno;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_dom_check;
CREATE DOMAIN rfx_user.posno AS bigint DEFAULT 1 CONSTRAINT posno_check CHECK ((VALUE >= 0));
ALTER TABLE rfx_user.p ALTER COLUMN dom TYPE rfx_user.posno[] USING dom::rfx_user.posno[];
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE rfx_user.posno USING id::rfx_user.posno;
CREATE TYPE rfx_user.addr AS (
  no     bigint,
  street character varying(50),
  zip    text
);
CREATE TYPE rfx_user.person AS (
  home  rfx_user.addr,
  name  text,
  homes rfx_user.addr[],
  age   rfx_user.posno
);
ALTER TABLE rfx_user.p ADD COLUMN x rfx_user.person;
ALTER TABLE rfx_user.p ADD COLUMN xs rfx_user.person[];
CREATE TYPE rfx_user.prange AS RANGE (
  SUBTYPE              = rfx_user.posno,
  MULTIRANGE_TYPE_NAME = rfx_user.pmulti
);
ALTER TABLE rfx_user.q ALTER COLUMN r TYPE rfx_user.prange USING r::rfx_user.prange;
CREATE OR REPLACE FUNCTION rfx_user.pp(rfx_user.person)
 RETURNS rfx_user.addr
 LANGUAGE sql
AS $function$ SELECT $1.home $function$;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_dom_check CHECK ((array_length(dom, 1) > 1));
CREATE VIEW rfx_user.pv AS
 SELECT (x).home AS h,
    (x).age AS age
   FROM rfx_user.p;
ALTER TABLE rfx_user.q ADD COLUMN m rfx_user.pmulti;
ALTER TABLE rfx_user.p DROP COLUMN r;
ALTER TABLE rfx_user.p ADD COLUMN r int8range;

-- downgrade
ALTER TABLE rfx_user.p DROP COLUMN xs;
DROP VIEW rfx_user.pv;
ALTER TABLE rfx_user.p DROP COLUMN x;
DROP FUNCTION rfx_user.pp(rfx_user.person);
DROP TYPE rfx_user.person;
DROP TYPE rfx_user.addr;
ALTER TABLE rfx_user.p ALTER COLUMN dom TYPE text[] USING dom::text[];
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE text USING id::text;
ALTER TABLE rfx_user.q ALTER COLUMN m TYPE text USING m::text;
ALTER TABLE rfx_user.q ALTER COLUMN r TYPE text USING r::text;
DROP TYPE rfx_user.prange;
DROP DOMAIN rfx_user.posno;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_dom_check;
ALTER TABLE rfx_user.q DROP COLUMN m;
CREATE DOMAIN rfx_user.posno AS integer CONSTRAINT posno_check CHECK ((VALUE > 0));
ALTER TABLE rfx_user.p ALTER COLUMN dom TYPE rfx_user.posno[] USING dom::rfx_user.posno[];
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE rfx_user.posno USING id::rfx_user.posno;
CREATE TYPE rfx_user.addr AS (street text, no integer);
CREATE TYPE rfx_user.person AS (
  name  text,
  home  rfx_user.addr,
  homes rfx_user.addr[]
);
ALTER TABLE rfx_user.p ADD COLUMN x rfx_user.person;
ALTER TABLE rfx_user.p ADD COLUMN xs rfx_user.person[];
CREATE TYPE rfx_user.prange AS RANGE (
  SUBTYPE              = rfx_user.posno,
  MULTIRANGE_TYPE_NAME = rfx_user.pmultirange
);
ALTER TABLE rfx_user.q ALTER COLUMN r TYPE rfx_user.prange USING r::rfx_user.prange;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_dom_check CHECK ((array_length(dom, 1) > 0));
ALTER TABLE rfx_user.p DROP COLUMN r;
ALTER TABLE rfx_user.p ADD COLUMN r int4range;
