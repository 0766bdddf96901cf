-- upgrade
COMMENT ON VIEW rfx_user.people IS 'names';
COMMENT ON COLUMN rfx_user.people.name IS 'full';

-- downgrade
COMMENT ON VIEW rfx_user.people IS NULL;
COMMENT ON COLUMN rfx_user.people.name IS NULL;
