-- r73
--
-- Revision: aaaa00000073
-- Revises: aaaa00000072
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t15_i ON t15 (name);

-- downgrade
DROP INDEX t15_i;
