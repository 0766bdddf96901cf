-- r45
--
-- Revision: aaaa00000045
-- Revises: aaaa00000044
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t9 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t9 ALTER COLUMN n TYPE int;
