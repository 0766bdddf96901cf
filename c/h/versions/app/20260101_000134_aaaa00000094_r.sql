-- r94
--
-- Revision: aaaa00000094
-- Revises: aaaa00000093
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t19 ADD CONSTRAINT c94 CHECK (n >= 0);

-- downgrade
ALTER TABLE t19 DROP CONSTRAINT c94;
