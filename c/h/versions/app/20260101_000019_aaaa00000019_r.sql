-- r19
--
-- Revision: aaaa00000019
-- Revises: aaaa00000018
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t4 ADD CONSTRAINT c19 CHECK (n >= 0);

-- downgrade
ALTER TABLE t4 DROP CONSTRAINT c19;
