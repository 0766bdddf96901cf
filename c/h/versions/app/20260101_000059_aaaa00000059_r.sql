-- r59
--
-- Revision: aaaa00000059
-- Revises: aaaa00000058
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t12 ADD CONSTRAINT c59 CHECK (n >= 0);

-- downgrade
ALTER TABLE t12 DROP CONSTRAINT c59;
