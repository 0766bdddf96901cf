-- upgrade
COMMENT ON FUNCTION rfx_user.add(integer, integer) IS 'sum';

-- downgrade
COMMENT ON FUNCTION rfx_user.add(integer, integer) IS NULL;
