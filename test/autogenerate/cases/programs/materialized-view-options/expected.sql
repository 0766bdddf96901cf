-- upgrade
ALTER MATERIALIZED VIEW rfx_user.totals SET (fillfactor=60);

-- downgrade
ALTER MATERIALIZED VIEW rfx_user.totals RESET (fillfactor);
