-- r3
--
-- Revision: aaaa00000003
-- Revises: aaaa00000002
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t1_i ON t1 (name);

-- downgrade
DROP INDEX t1_i;
