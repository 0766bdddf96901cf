-- r75
--
-- Revision: aaaa00000075
-- Revises: aaaa00000074
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t15 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t15 ALTER COLUMN n TYPE int;
