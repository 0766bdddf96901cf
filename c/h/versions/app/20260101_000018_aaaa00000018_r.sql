-- r18
--
-- Revision: aaaa00000018
-- Revises: aaaa00000017
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t4_i ON t4 (name);

-- downgrade
DROP INDEX t4_i;
