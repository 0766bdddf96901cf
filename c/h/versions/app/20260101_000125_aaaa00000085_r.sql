-- r85
--
-- Revision: aaaa00000085
-- Revises: aaaa00000084
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t17 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t17 ALTER COLUMN n TYPE int;
