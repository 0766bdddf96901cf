-- r65
--
-- Revision: aaaa00000065
-- Revises: aaaa00000064
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t13 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t13 ALTER COLUMN n TYPE int;
