-- upgrade
ALTER TABLE rfx_user.profile ADD COLUMN phone text;

-- downgrade
ALTER TABLE rfx_user.profile DROP COLUMN phone;
