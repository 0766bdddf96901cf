-- r83
--
-- Revision: aaaa00000083
-- Revises: aaaa00000082
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t17_i ON t17 (name);

-- downgrade
DROP INDEX t17_i;
