-- r42
--
-- Revision: aaaa00000042
-- Revises: aaaa00000041
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t9.a42

-- upgrade
ALTER TABLE t9 ADD COLUMN a42 text;

-- downgrade
ALTER TABLE t9 DROP COLUMN a42;
