-- r28
--
-- Revision: aaaa00000028
-- Revises: aaaa00000027
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t6_i ON t6 (name);

-- downgrade
DROP INDEX t6_i;
