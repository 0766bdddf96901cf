-- r74
--
-- Revision: aaaa00000074
-- Revises: aaaa00000073
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t15 ADD CONSTRAINT c74 CHECK (n >= 0);

-- downgrade
ALTER TABLE t15 DROP CONSTRAINT c74;
