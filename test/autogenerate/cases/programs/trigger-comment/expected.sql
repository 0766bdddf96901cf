-- upgrade
COMMENT ON TRIGGER t ON rfx_user.profile IS 'stamp';

-- downgrade
COMMENT ON TRIGGER t ON rfx_user.profile IS NULL;
