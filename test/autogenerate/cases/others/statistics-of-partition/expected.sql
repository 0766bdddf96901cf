-- upgrade
DROP STATISTICS IF EXISTS rfx_user.s0;
DROP STATISTICS IF EXISTS rfx_user.s1;
ALTER TABLE rfx_user.t DROP COLUMN b;
CREATE STATISTICS rfx_user.s0 ON a, c, ((a + c)) FROM rfx_user.t;
CREATE STATISTICS rfx_user.s2 ON ((a % 10)) FROM rfx_user.t1;
ALTER STATISTICS rfx_user.s2 SET STATISTICS 40;

-- downgrade
DROP STATISTICS IF EXISTS rfx_user.s0;
DROP STATISTICS IF EXISTS rfx_user.s2;
ALTER TABLE rfx_user.t ADD COLUMN b integer;
CREATE STATISTICS rfx_user.s0 (ndistinct, mcv) ON a, b, c FROM rfx_user.t;
CREATE STATISTICS rfx_user.s1 ON a, b FROM rfx_user.t1;
