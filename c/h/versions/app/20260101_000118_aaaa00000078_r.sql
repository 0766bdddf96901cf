-- r78
--
-- Revision: aaaa00000078
-- Revises: aaaa00000077
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t16_i ON t16 (name);

-- downgrade
DROP INDEX t16_i;
