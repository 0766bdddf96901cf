-- r81
--
-- Revision: aaaa00000081
-- Revises: aaaa00000080
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t17

-- upgrade
CREATE TABLE t17 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t16);

-- downgrade
DROP TABLE t17;
