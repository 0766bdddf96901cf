-- r35
--
-- Revision: aaaa00000035
-- Revises: aaaa00000034
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t7 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t7 ALTER COLUMN n TYPE int;
