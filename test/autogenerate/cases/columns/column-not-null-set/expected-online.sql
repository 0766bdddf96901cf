-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.profile ADD CONSTRAINT just_mig_927167a8b6a9 CHECK (email IS NOT NULL) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.profile VALIDATE CONSTRAINT just_mig_927167a8b6a9;
-- in one transaction:
ALTER TABLE rfx_user.profile ALTER COLUMN email SET NOT NULL;
ALTER TABLE rfx_user.profile DROP CONSTRAINT just_mig_927167a8b6a9;
ALTER TABLE rfx_user.profile ALTER COLUMN name DROP NOT NULL;

-- downgrade
-- in one transaction:
ALTER TABLE rfx_user.profile ALTER COLUMN email DROP NOT NULL;
ALTER TABLE rfx_user.profile ADD CONSTRAINT just_mig_e0dd9e9e5a4a CHECK (name IS NOT NULL) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.profile VALIDATE CONSTRAINT just_mig_e0dd9e9e5a4a;
-- in one transaction:
ALTER TABLE rfx_user.profile ALTER COLUMN name SET NOT NULL;
ALTER TABLE rfx_user.profile DROP CONSTRAINT just_mig_e0dd9e9e5a4a;
