-- r37
--
-- Revision: aaaa00000037
-- Revises: aaaa00000036
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t8.a37

-- upgrade
ALTER TABLE t8 ADD COLUMN a37 text;

-- downgrade
ALTER TABLE t8 DROP COLUMN a37;
