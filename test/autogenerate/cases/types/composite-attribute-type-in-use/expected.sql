-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE text USING p::text;
DROP TYPE rfx_user.pair;
CREATE TYPE rfx_user.pair AS (a bigint, b text);
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE rfx_user.pair USING p::rfx_user.pair;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE text USING p::text;
DROP TYPE rfx_user.pair;
CREATE TYPE rfx_user.pair AS (a integer, b text);
ALTER TABLE rfx_user.t ALTER COLUMN p TYPE rfx_user.pair USING p::rfx_user.pair;
