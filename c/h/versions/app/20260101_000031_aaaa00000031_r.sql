-- r31
--
-- Revision: aaaa00000031
-- Revises: aaaa00000030
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t7

-- upgrade
CREATE TABLE t7 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t6);

-- downgrade
DROP TABLE t7;
