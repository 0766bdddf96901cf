-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text USING v::text;
DROP EXTENSION citext;

-- downgrade
CREATE EXTENSION citext SCHEMA rfx_user;
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE rfx_user.citext USING v::rfx_user.citext;
COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';
