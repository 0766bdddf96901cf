-- upgrade
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t ALTER COLUMN tags TYPE text[] USING tags::text[];
DROP DOMAIN rfx_user.tag;
CREATE DOMAIN rfx_user.tag AS text;
ALTER TABLE rfx_user.t ALTER COLUMN tags TYPE rfx_user.tag[] USING tags::rfx_user.tag[];
CREATE VIEW rfx_user.v AS
 SELECT tags
   FROM rfx_user.t;

-- downgrade
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t ALTER COLUMN tags TYPE text[] USING tags::text[];
DROP DOMAIN rfx_user.tag;
CREATE DOMAIN rfx_user.tag AS character varying(10);
ALTER TABLE rfx_user.t ALTER COLUMN tags TYPE rfx_user.tag[] USING tags::rfx_user.tag[];
CREATE VIEW rfx_user.v AS
 SELECT tags
   FROM rfx_user.t;
