-- upgrade
COMMENT ON DOMAIN rfx_user.positive IS 'above nothing';

-- downgrade
COMMENT ON DOMAIN rfx_user.positive IS NULL;
