-- upgrade
CREATE TYPE rfx_user.pair AS (a integer, b text);

-- downgrade
DROP TYPE rfx_user.pair;
