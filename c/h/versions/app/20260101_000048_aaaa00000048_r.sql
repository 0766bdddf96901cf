-- r48
--
-- Revision: aaaa00000048
-- Revises: aaaa00000047
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t10_i ON t10 (name);

-- downgrade
DROP INDEX t10_i;
