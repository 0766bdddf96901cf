-- r55
--
-- Revision: aaaa00000055
-- Revises: aaaa00000054
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t11 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t11 ALTER COLUMN n TYPE int;
