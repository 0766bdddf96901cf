-- r17
--
-- Revision: aaaa00000017
-- Revises: aaaa00000016
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t4.a17

-- upgrade
ALTER TABLE t4 ADD COLUMN a17 text;

-- downgrade
ALTER TABLE t4 DROP COLUMN a17;
