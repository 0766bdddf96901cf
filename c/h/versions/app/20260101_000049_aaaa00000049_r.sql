-- r49
--
-- Revision: aaaa00000049
-- Revises: aaaa00000048
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t10 ADD CONSTRAINT c49 CHECK (n >= 0);

-- downgrade
ALTER TABLE t10 DROP CONSTRAINT c49;
