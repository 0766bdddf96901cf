-- r80
--
-- Revision: aaaa00000080
-- Revises: aaaa00000079
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t16 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t16 ALTER COLUMN n TYPE int;
