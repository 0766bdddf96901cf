-- r70
--
-- Revision: aaaa00000070
-- Revises: aaaa00000069
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t14 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t14 ALTER COLUMN n TYPE int;
