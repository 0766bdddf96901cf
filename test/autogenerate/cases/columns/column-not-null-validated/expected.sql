-- upgrade
UPDATE rfx_user.profile SET joined = '2026-01-01' WHERE joined IS NULL;
ALTER TABLE rfx_user.profile VALIDATE CONSTRAINT joined_given;

-- downgrade
ALTER TABLE rfx_user.profile ALTER COLUMN joined DROP NOT NULL;
ALTER TABLE rfx_user.profile ADD CONSTRAINT joined_given NOT NULL joined NOT VALID;
