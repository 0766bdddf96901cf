-- r99
--
-- Revision: aaaa00000099
-- Revises: aaaa00000098
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t20 ADD CONSTRAINT c99 CHECK (n >= 0);

-- downgrade
ALTER TABLE t20 DROP CONSTRAINT c99;
