-- r98
--
-- Revision: aaaa00000098
-- Revises: aaaa00000097
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t20_i ON t20 (name);

-- downgrade
DROP INDEX t20_i;
