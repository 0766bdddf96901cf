-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text USING v::text;
DROP DOMAIN rfx_user.d;
CREATE DOMAIN rfx_user.d AS text COLLATE pg_catalog."C";
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE rfx_user.d USING v::rfx_user.d;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text USING v::text;
DROP DOMAIN rfx_user.d;
CREATE DOMAIN rfx_user.d AS text;
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE rfx_user.d USING v::rfx_user.d;
