-- upgrade
DROP STATISTICS IF EXISTS rfx_user.s;
ALTER TABLE rfx_user.t DROP COLUMN gone;

-- downgrade
ALTER TABLE rfx_user.t ADD COLUMN gone integer;
CREATE STATISTICS rfx_user.s ON gone, k FROM rfx_user.t;
