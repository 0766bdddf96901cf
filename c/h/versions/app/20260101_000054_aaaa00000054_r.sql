-- r54
--
-- Revision: aaaa00000054
-- Revises: aaaa00000053
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t11 ADD CONSTRAINT c54 CHECK (n >= 0);

-- downgrade
ALTER TABLE t11 DROP CONSTRAINT c54;
