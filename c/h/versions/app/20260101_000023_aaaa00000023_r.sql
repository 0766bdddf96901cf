-- r23
--
-- Revision: aaaa00000023
-- Revises: aaaa00000022
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t5_i ON t5 (name);

-- downgrade
DROP INDEX t5_i;
