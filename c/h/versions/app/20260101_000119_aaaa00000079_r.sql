-- r79
--
-- Revision: aaaa00000079
-- Revises: aaaa00000078
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t16 ADD CONSTRAINT c79 CHECK (n >= 0);

-- downgrade
ALTER TABLE t16 DROP CONSTRAINT c79;
