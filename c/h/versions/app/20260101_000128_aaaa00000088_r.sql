-- r88
--
-- Revision: aaaa00000088
-- Revises: aaaa00000087
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t18_i ON t18 (name);

-- downgrade
DROP INDEX t18_i;
