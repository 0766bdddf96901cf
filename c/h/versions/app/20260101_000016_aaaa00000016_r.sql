-- r16
--
-- Revision: aaaa00000016
-- Revises: aaaa00000015
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t4

-- upgrade
CREATE TABLE t4 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t3);

-- downgrade
DROP TABLE t4;
