-- r50
--
-- Revision: aaaa00000050
-- Revises: aaaa00000049
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t10 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t10 ALTER COLUMN n TYPE int;
