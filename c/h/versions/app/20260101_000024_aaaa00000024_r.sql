-- r24
--
-- Revision: aaaa00000024
-- Revises: aaaa00000023
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t5 ADD CONSTRAINT c24 CHECK (n >= 0);

-- downgrade
ALTER TABLE t5 DROP CONSTRAINT c24;
