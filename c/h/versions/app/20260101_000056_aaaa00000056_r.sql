-- r56
--
-- Revision: aaaa00000056
-- Revises: aaaa00000055
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t12

-- upgrade
CREATE TABLE t12 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t11);

-- downgrade
DROP TABLE t12;
