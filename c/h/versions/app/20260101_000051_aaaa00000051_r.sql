-- r51
--
-- Revision: aaaa00000051
-- Revises: aaaa00000050
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t11

-- upgrade
CREATE TABLE t11 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t10);

-- downgrade
DROP TABLE t11;
