-- r43
--
-- Revision: aaaa00000043
-- Revises: aaaa00000042
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t9_i ON t9 (name);

-- downgrade
DROP INDEX t9_i;
