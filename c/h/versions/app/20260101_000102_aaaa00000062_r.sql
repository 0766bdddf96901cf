-- r62
--
-- Revision: aaaa00000062
-- Revises: aaaa00000061
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t13.a62

-- upgrade
ALTER TABLE t13 ADD COLUMN a62 text;

-- downgrade
ALTER TABLE t13 DROP COLUMN a62;
