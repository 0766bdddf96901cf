-- r46
--
-- Revision: aaaa00000046
-- Revises: aaaa00000045
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t10

-- upgrade
CREATE TABLE t10 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t9);

-- downgrade
DROP TABLE t10;
