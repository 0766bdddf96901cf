-- r84
--
-- Revision: aaaa00000084
-- Revises: aaaa00000083
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t17 ADD CONSTRAINT c84 CHECK (n >= 0);

-- downgrade
ALTER TABLE t17 DROP CONSTRAINT c84;
