-- r40
--
-- Revision: aaaa00000040
-- Revises: aaaa00000039
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t8 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t8 ALTER COLUMN n TYPE int;
