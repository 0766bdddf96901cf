-- r20
--
-- Revision: aaaa00000020
-- Revises: aaaa00000019
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t4 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t4 ALTER COLUMN n TYPE int;
