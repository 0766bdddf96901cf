-- r77
--
-- Revision: aaaa00000077
-- Revises: aaaa00000076
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t16.a77

-- upgrade
ALTER TABLE t16 ADD COLUMN a77 text;

-- downgrade
ALTER TABLE t16 DROP COLUMN a77;
