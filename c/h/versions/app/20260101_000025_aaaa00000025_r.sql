-- r25
--
-- Revision: aaaa00000025
-- Revises: aaaa00000024
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t5 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t5 ALTER COLUMN n TYPE int;
