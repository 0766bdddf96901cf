COMMENT ON SCHEMA app IS 'the app';
