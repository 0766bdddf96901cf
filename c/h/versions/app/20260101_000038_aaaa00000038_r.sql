-- r38
--
-- Revision: aaaa00000038
-- Revises: aaaa00000037
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t8_i ON t8 (name);

-- downgrade
DROP INDEX t8_i;
