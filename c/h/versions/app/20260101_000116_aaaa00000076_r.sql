-- r76
--
-- Revision: aaaa00000076
-- Revises: aaaa00000075
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t16

-- upgrade
CREATE TABLE t16 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t15);

-- downgrade
DROP TABLE t16;
