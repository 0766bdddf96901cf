-- r52
--
-- Revision: aaaa00000052
-- Revises: aaaa00000051
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t11.a52

-- upgrade
ALTER TABLE t11 ADD COLUMN a52 text;

-- downgrade
ALTER TABLE t11 DROP COLUMN a52;
