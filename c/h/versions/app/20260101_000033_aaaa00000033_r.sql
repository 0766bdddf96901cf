-- r33
--
-- Revision: aaaa00000033
-- Revises: aaaa00000032
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t7_i ON t7 (name);

-- downgrade
DROP INDEX t7_i;
