-- r4
--
-- Revision: aaaa00000004
-- Revises: aaaa00000003
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t1 ADD CONSTRAINT c4 CHECK (n >= 0);

-- downgrade
ALTER TABLE t1 DROP CONSTRAINT c4;
