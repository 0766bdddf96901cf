-- r1
--
-- Revision: aaaa00000001
-- Revises: base
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t1

-- upgrade
CREATE TABLE t1 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0);

-- downgrade
DROP TABLE t1;
