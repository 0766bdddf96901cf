-- r71
--
-- Revision: aaaa00000071
-- Revises: aaaa00000070
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t15

-- upgrade
CREATE TABLE t15 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t14);

-- downgrade
DROP TABLE t15;
