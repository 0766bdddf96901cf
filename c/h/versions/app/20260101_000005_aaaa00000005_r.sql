-- r5
--
-- Revision: aaaa00000005
-- Revises: aaaa00000004
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t1 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t1 ALTER COLUMN n TYPE int;
