-- r57
--
-- Revision: aaaa00000057
-- Revises: aaaa00000056
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t12.a57

-- upgrade
ALTER TABLE t12 ADD COLUMN a57 text;

-- downgrade
ALTER TABLE t12 DROP COLUMN a57;
