-- r67
--
-- Revision: aaaa00000067
-- Revises: aaaa00000066
-- Created: 2026-01-01T00:00:00Z
-- Downgrade loses: column app.t14.a67

-- upgrade
ALTER TABLE t14 ADD COLUMN a67 text;

-- downgrade
ALTER TABLE t14 DROP COLUMN a67;
