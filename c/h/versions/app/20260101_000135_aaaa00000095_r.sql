-- r95
--
-- Revision: aaaa00000095
-- Revises: aaaa00000094
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t19 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t19 ALTER COLUMN n TYPE int;
