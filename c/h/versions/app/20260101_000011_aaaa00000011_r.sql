-- r11
--
-- Revision: aaaa00000011
-- Revises: aaaa00000010
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t3

-- upgrade
CREATE TABLE t3 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t2);

-- downgrade
DROP TABLE t3;
