-- upgrade
COMMENT ON COLUMN rfx_user.profile.email IS 'where to write';

-- downgrade
COMMENT ON COLUMN rfx_user.profile.email IS NULL;
