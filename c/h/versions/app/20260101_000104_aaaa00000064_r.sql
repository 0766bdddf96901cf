-- r64
--
-- Revision: aaaa00000064
-- Revises: aaaa00000063
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t13 ADD CONSTRAINT c64 CHECK (n >= 0);

-- downgrade
ALTER TABLE t13 DROP CONSTRAINT c64;
