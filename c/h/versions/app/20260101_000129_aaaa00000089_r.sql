-- r89
--
-- Revision: aaaa00000089
-- Revises: aaaa00000088
-- Created: 2026-01-01T00:00:00Z

-- upgrade
ALTER TABLE t18 ADD CONSTRAINT c89 CHECK (n >= 0);

-- downgrade
ALTER TABLE t18 DROP CONSTRAINT c89;
