-- upgrade
COMMENT ON POLICY mine ON rfx_user.profile IS 'own rows';

-- downgrade
COMMENT ON POLICY mine ON rfx_user.profile IS NULL;
