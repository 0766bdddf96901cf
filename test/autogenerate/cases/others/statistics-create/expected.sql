-- upgrade
CREATE STATISTICS rfx_user.s (ndistinct, mcv) ON a, b FROM rfx_user.t;
ALTER STATISTICS rfx_user.s SET STATISTICS 200;
COMMENT ON STATISTICS rfx_user.s IS 'a and b';

-- downgrade
DROP STATISTICS IF EXISTS rfx_user.s;
