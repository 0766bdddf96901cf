-- upgrade
COMMENT ON TABLE rfx_user.profile IS 'new `tick` ${x}';

-- downgrade
COMMENT ON TABLE rfx_user.profile IS 'old';
