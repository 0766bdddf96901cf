-- r27
--
-- Revision: aaaa00000027
-- Revises: aaaa00000026
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t6.a27

-- upgrade
ALTER TABLE t6 ADD COLUMN a27 text;

-- downgrade
ALTER TABLE t6 DROP COLUMN a27;
