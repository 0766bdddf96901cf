-- r68
--
-- Revision: aaaa00000068
-- Revises: aaaa00000067
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t14_i ON t14 (name);

-- downgrade
DROP INDEX t14_i;
