-- r32
--
-- Revision: aaaa00000032
-- Revises: aaaa00000031
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t7.a32

-- upgrade
ALTER TABLE t7 ADD COLUMN a32 text;

-- downgrade
ALTER TABLE t7 DROP COLUMN a32;
