-- r2
--
-- Revision: aaaa00000002
-- Revises: aaaa00000001
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t1.a2

-- upgrade
ALTER TABLE t1 ADD COLUMN a2 text;

-- downgrade
ALTER TABLE t1 DROP COLUMN a2;
