-- r69
--
-- Revision: aaaa00000069
-- Revises: aaaa00000068
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t14 ADD CONSTRAINT c69 CHECK (n >= 0);

-- downgrade
ALTER TABLE t14 DROP CONSTRAINT c69;
