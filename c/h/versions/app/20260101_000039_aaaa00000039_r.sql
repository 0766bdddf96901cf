-- r39
--
-- Revision: aaaa00000039
-- Revises: aaaa00000038
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t8 ADD CONSTRAINT c39 CHECK (n >= 0);

-- downgrade
ALTER TABLE t8 DROP CONSTRAINT c39;
