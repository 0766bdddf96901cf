-- upgrade
COMMENT ON TABLE rfx_user.profile IS 'Who somebody is; it''s "quoted" and has a \ in it';

-- downgrade
COMMENT ON TABLE rfx_user.profile IS NULL;
