-- r22
--
-- Revision: aaaa00000022
-- Revises: aaaa00000021
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t5.a22

-- upgrade
ALTER TABLE t5 ADD COLUMN a22 text;

-- downgrade
ALTER TABLE t5 DROP COLUMN a22;
