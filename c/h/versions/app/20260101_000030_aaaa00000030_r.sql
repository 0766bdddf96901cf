-- r30
--
-- Revision: aaaa00000030
-- Revises: aaaa00000029
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t6 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t6 ALTER COLUMN n TYPE int;
