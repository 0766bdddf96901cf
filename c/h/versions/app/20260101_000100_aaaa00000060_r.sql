-- r60
--
-- Revision: aaaa00000060
-- Revises: aaaa00000059
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t12 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t12 ALTER COLUMN n TYPE int;
