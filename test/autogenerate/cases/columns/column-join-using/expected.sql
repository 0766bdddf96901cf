-- upgrade
LOCK TABLE rfx_user.event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.event__mig_rows AS SELECT id, at, kind FROM rfx_user.event;
DROP TABLE rfx_user.event;
DROP VIEW rfx_user.v;
CREATE TABLE rfx_user.event (
  id  integer,
  at  date    NOT NULL,
  big bigint
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.event_all PARTITION OF rfx_user.event DEFAULT;
ALTER TABLE rfx_user.joined ADD COLUMN ab text DEFAULT 'none'::text;
INSERT INTO rfx_user.event (at, big, id) SELECT at::date, length(kind), id::integer FROM rfx_user.event__mig_rows;
UPDATE rfx_user.joined SET ab = rfx_user.shout(a) || b;
ALTER TABLE rfx_user.joined ALTER COLUMN n TYPE integer USING length(b);
DROP FUNCTION rfx_user.shout(text);
ALTER TABLE rfx_user.joined DROP COLUMN a;
ALTER TABLE rfx_user.joined DROP COLUMN b;
DROP TABLE rfx_user.event__mig_rows;

-- downgrade
SET LOCAL check_function_bodies = off;
LOCK TABLE rfx_user.event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.event__mig_rows AS SELECT id, at, big FROM rfx_user.event;
DROP TABLE rfx_user.event;
CREATE OR REPLACE FUNCTION rfx_user.shout(t text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT upper(t)$function$;
ALTER TABLE rfx_user.joined DROP COLUMN ab;
CREATE TABLE rfx_user.event (id integer, at date NOT NULL, kind text);
ALTER TABLE rfx_user.joined ADD COLUMN a text;
ALTER TABLE rfx_user.joined ADD COLUMN b text;
INSERT INTO rfx_user.event (at, id) SELECT at::date, id::integer FROM rfx_user.event__mig_rows;
ALTER TABLE rfx_user.joined ALTER COLUMN n TYPE text;
CREATE VIEW rfx_user.v AS
 SELECT a
   FROM rfx_user.joined;
DROP TABLE rfx_user.event__mig_rows;
