-- r61
--
-- Revision: aaaa00000061
-- Revises: aaaa00000060
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t13

-- upgrade
CREATE TABLE t13 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t12);

-- downgrade
DROP TABLE t13;
