-- r34
--
-- Revision: aaaa00000034
-- Revises: aaaa00000033
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t7 ADD CONSTRAINT c34 CHECK (n >= 0);

-- downgrade
ALTER TABLE t7 DROP CONSTRAINT c34;
