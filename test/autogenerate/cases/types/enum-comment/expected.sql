-- upgrade
COMMENT ON TYPE rfx_user.mood IS 'how one feels';

-- downgrade
COMMENT ON TYPE rfx_user.mood IS NULL;
