-- upgrade
ALTER TABLE rfx_user.profile ALTER COLUMN email SET NOT NULL;
ALTER TABLE rfx_user.profile ALTER COLUMN name DROP NOT NULL;

-- downgrade
ALTER TABLE rfx_user.profile ALTER COLUMN email DROP NOT NULL;
ALTER TABLE rfx_user.profile ALTER COLUMN name SET NOT NULL;
