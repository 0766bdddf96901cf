-- r53
--
-- Revision: aaaa00000053
-- Revises: aaaa00000052
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t11_i ON t11 (name);

-- downgrade
DROP INDEX t11_i;
