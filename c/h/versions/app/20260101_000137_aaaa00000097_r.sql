-- r97
--
-- Revision: aaaa00000097
-- Revises: aaaa00000096
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t20.a97

-- upgrade
ALTER TABLE t20 ADD COLUMN a97 text;

-- downgrade
ALTER TABLE t20 DROP COLUMN a97;
