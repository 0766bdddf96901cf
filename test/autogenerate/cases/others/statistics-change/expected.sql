-- upgrade
DROP STATISTICS IF EXISTS rfx_user.s;
ALTER TABLE rfx_user.t ADD COLUMN c integer;
CREATE STATISTICS rfx_user.s ON c, ((a + b)) FROM rfx_user.t;

-- downgrade
DROP STATISTICS IF EXISTS rfx_user.s;
ALTER TABLE rfx_user.t DROP COLUMN c;
CREATE STATISTICS rfx_user.s (ndistinct) ON a, b FROM rfx_user.t;
