-- r10
--
-- Revision: aaaa00000010
-- Revises: aaaa00000009
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t2 ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE t2 ALTER COLUMN n TYPE int;
