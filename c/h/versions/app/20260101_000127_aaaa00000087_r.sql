-- r87
--
-- Revision: aaaa00000087
-- Revises: aaaa00000086
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t18.a87

-- upgrade
ALTER TABLE t18 ADD COLUMN a87 text;

-- downgrade
ALTER TABLE t18 DROP COLUMN a87;
