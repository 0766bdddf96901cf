-- upgrade
ALTER TABLE rfx_user.profile SET (autovacuum_enabled=false, fillfactor=70);

-- downgrade
ALTER TABLE rfx_user.profile RESET (autovacuum_enabled, fillfactor);
