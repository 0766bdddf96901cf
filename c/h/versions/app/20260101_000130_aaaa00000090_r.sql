-- r90
--
-- Revision: aaaa00000090
-- Revises: aaaa00000089
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t18 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t18 ALTER COLUMN n TYPE int;
