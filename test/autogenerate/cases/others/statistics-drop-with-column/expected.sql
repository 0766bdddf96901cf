-- upgrade
DROP STATISTICS IF EXISTS rfx_user.s;
ALTER TABLE rfx_user.t DROP COLUMN b;

-- downgrade
ALTER TABLE rfx_user.t ADD COLUMN b integer;
CREATE STATISTICS rfx_user.s ON a, b FROM rfx_user.t;
