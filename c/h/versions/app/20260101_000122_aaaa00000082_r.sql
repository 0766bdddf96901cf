-- r82
--
-- Revision: aaaa00000082
-- Revises: aaaa00000081
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t17.a82

-- upgrade
ALTER TABLE t17 ADD COLUMN a82 text;

-- downgrade
ALTER TABLE t17 DROP COLUMN a82;
