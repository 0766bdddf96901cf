-- r13
--
-- Revision: aaaa00000013
-- Revises: aaaa00000012
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t3_i ON t3 (name);

-- downgrade
DROP INDEX t3_i;
