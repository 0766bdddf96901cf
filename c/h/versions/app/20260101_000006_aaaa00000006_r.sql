-- r6
--
-- Revision: aaaa00000006
-- Revises: aaaa00000005
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t2

-- upgrade
CREATE TABLE t2 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t1);

-- downgrade
DROP TABLE t2;
