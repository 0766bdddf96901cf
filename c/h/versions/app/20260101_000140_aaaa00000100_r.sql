-- r100
--
-- Revision: aaaa00000100
-- Revises: aaaa00000099
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t20 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t20 ALTER COLUMN n TYPE int;
