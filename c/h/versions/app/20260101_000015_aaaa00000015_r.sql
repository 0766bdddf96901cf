-- r15
--
-- Revision: aaaa00000015
-- Revises: aaaa00000014
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t3 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t3 ALTER COLUMN n TYPE int;
