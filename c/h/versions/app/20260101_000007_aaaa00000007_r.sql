-- r7
--
-- Revision: aaaa00000007
-- Revises: aaaa00000006
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t2.a7

-- upgrade
ALTER TABLE t2 ADD COLUMN a7 text;

-- downgrade
ALTER TABLE t2 DROP COLUMN a7;
