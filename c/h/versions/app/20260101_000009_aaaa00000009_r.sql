-- r9
--
-- Revision: aaaa00000009
-- Revises: aaaa00000008
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t2 ADD CONSTRAINT c9 CHECK (n >= 0);

-- downgrade
ALTER TABLE t2 DROP CONSTRAINT c9;
