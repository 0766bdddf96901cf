-- upgrade
ALTER TABLE rfx_user.profile DROP COLUMN email;

-- downgrade
ALTER TABLE rfx_user.profile ADD COLUMN email text;
