-- r14
--
-- Revision: aaaa00000014
-- Revises: aaaa00000013
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t3 ADD CONSTRAINT c14 CHECK (n >= 0);

-- downgrade
ALTER TABLE t3 DROP CONSTRAINT c14;
