-- r47
--
-- Revision: aaaa00000047
-- Revises: aaaa00000046
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t10.a47

-- upgrade
ALTER TABLE t10 ADD COLUMN a47 text;

-- downgrade
ALTER TABLE t10 DROP COLUMN a47;
