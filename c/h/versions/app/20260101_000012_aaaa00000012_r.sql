-- r12
--
-- Revision: aaaa00000012
-- Revises: aaaa00000011
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t3.a12

-- upgrade
ALTER TABLE t3 ADD COLUMN a12 text;

-- downgrade
ALTER TABLE t3 DROP COLUMN a12;
