-- r36
--
-- Revision: aaaa00000036
-- Revises: aaaa00000035
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t8

-- upgrade
CREATE TABLE t8 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t7);

-- downgrade
DROP TABLE t8;
