-- r91
--
-- Revision: aaaa00000091
-- Revises: aaaa00000090
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t19

-- upgrade
CREATE TABLE t19 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t18);

-- downgrade
DROP TABLE t19;
