-- r72
--
-- Revision: aaaa00000072
-- Revises: aaaa00000071
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t15.a72

-- upgrade
ALTER TABLE t15 ADD COLUMN a72 text;

-- downgrade
ALTER TABLE t15 DROP COLUMN a72;
