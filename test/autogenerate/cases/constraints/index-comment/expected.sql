-- upgrade
COMMENT ON INDEX rfx_user.by_email IS 'for logins';

-- downgrade
COMMENT ON INDEX rfx_user.by_email IS NULL;
