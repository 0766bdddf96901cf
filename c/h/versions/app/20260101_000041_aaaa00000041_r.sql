-- r41
--
-- Revision: aaaa00000041
-- Revises: aaaa00000040
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t9

-- upgrade
CREATE TABLE t9 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t8);

-- downgrade
DROP TABLE t9;
