-- upgrade
ALTER INDEX rfx_user.t_b_key RESET (fillfactor);
ALTER INDEX rfx_user.t_pkey SET (fillfactor = '50');
COMMENT ON INDEX rfx_user.t_pkey IS 'by number';
COMMENT ON INDEX rfx_user.t_x_excl IS 'no two at once';

-- downgrade
ALTER INDEX rfx_user.t_b_key SET (fillfactor = '60');
ALTER INDEX rfx_user.t_pkey RESET (fillfactor);
COMMENT ON INDEX rfx_user.t_pkey IS NULL;
COMMENT ON INDEX rfx_user.t_x_excl IS NULL;
