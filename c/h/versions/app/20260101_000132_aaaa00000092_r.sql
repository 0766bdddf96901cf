-- r92
--
-- Revision: aaaa00000092
-- Revises: aaaa00000091
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t19.a92

-- upgrade
ALTER TABLE t19 ADD COLUMN a92 text;

-- downgrade
ALTER TABLE t19 DROP COLUMN a92;
