-- r58
--
-- Revision: aaaa00000058
-- Revises: aaaa00000057
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t12_i ON t12 (name);

-- downgrade
DROP INDEX t12_i;
