-- r86
--
-- Revision: aaaa00000086
-- Revises: aaaa00000085
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: table app.t18

-- upgrade
CREATE TABLE t18 (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 0, p int REFERENCES t17);

-- downgrade
DROP TABLE t18;
