-- upgrade
ALTER TYPE rfx_user.triple DROP ATTRIBUTE b CASCADE;
COMMENT ON COLUMN rfx_user.pair.a IS NULL;
COMMENT ON COLUMN rfx_user.pair.b IS 'second';

-- downgrade
DROP TYPE rfx_user.triple;
CREATE TYPE rfx_user.triple AS (a integer, b text, c integer);
COMMENT ON COLUMN rfx_user.pair.a IS 'first';
COMMENT ON COLUMN rfx_user.pair.b IS NULL;
COMMENT ON COLUMN rfx_user.triple.b IS 'goes with its attribute';
