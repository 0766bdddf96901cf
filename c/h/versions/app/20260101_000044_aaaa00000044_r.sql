-- r44
--
-- Revision: aaaa00000044
-- Revises: aaaa00000043
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t9 ADD CONSTRAINT c44 CHECK (n >= 0);

-- downgrade
ALTER TABLE t9 DROP CONSTRAINT c44;
