-- r29
--
-- Revision: aaaa00000029
-- Revises: aaaa00000028
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t6 ADD CONSTRAINT c29 CHECK (n >= 0);

-- downgrade
ALTER TABLE t6 DROP CONSTRAINT c29;
