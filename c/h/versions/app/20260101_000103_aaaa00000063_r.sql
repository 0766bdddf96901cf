-- r63
--
-- Revision: aaaa00000063
-- Revises: aaaa00000062
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE INDEX t13_i ON t13 (name);

-- downgrade
DROP INDEX t13_i;
