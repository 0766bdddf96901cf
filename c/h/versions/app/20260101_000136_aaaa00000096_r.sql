-- r96
--
-- Revision: aaaa00000096
-- Revises: aaaa00000095
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t20

-- upgrade
CREATE TABLE t20 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t19);

-- downgrade
DROP TABLE t20;
