-- r26
--
-- Revision: aaaa00000026
-- Revises: aaaa00000025
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t6

-- upgrade
CREATE TABLE t6 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t5);

-- downgrade
DROP TABLE t6;
