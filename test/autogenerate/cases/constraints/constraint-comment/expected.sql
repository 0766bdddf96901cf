-- upgrade
COMMENT ON CONSTRAINT k ON rfx_user.profile IS 'positive';

-- downgrade
COMMENT ON CONSTRAINT k ON rfx_user.profile IS NULL;
