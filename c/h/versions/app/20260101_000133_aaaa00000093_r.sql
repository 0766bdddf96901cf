-- r93
--
-- Revision: aaaa00000093
-- Revises: aaaa00000092
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t19_i ON t19 (name);

-- downgrade
DROP INDEX t19_i;
