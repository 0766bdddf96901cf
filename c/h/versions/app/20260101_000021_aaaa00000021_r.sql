-- r21
--
-- Revision: aaaa00000021
-- Revises: aaaa00000020
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t5

-- upgrade
CREATE TABLE t5 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t4);

-- downgrade
DROP TABLE t5;
