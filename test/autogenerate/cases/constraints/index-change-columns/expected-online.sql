-- upgrade
-- each on its own:
CREATE INDEX CONCURRENTLY just_mig_5d84140ee68b ON rfx_user.profile USING btree (email, name);
-- in one transaction:
DROP INDEX rfx_user.by_email;
ALTER INDEX rfx_user.just_mig_5d84140ee68b RENAME TO by_email;

-- downgrade
-- each on its own:
CREATE INDEX CONCURRENTLY just_mig_5d84140ee68b ON rfx_user.profile USING btree (email);
-- in one transaction:
DROP INDEX rfx_user.by_email;
ALTER INDEX rfx_user.just_mig_5d84140ee68b RENAME TO by_email;
