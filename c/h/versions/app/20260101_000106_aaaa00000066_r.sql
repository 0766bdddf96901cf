-- r66
--
-- Revision: aaaa00000066
-- Revises: aaaa00000065
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t14

-- upgrade
CREATE TABLE t14 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t13);

-- downgrade
DROP TABLE t14;
