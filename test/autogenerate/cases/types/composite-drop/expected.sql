-- upgrade
ALTER TABLE rfx_user.t DROP COLUMN p;
DROP TYPE rfx_user.pair;

-- downgrade
CREATE TYPE rfx_user.pair AS (a integer, b text);
ALTER TABLE rfx_user.t ADD COLUMN p rfx_user.pair;
