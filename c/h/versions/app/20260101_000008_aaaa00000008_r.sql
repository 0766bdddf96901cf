-- r8
--
-- Revision: aaaa00000008
-- Revises: aaaa00000007
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t2_i ON t2 (name);

-- downgrade
DROP INDEX t2_i;
