-- upgrade
-- each on its own:
CREATE INDEX CONCURRENTLY just_mig_e88478f7971a ON rfx_user.profile USING btree (email);
CREATE INDEX CONCURRENTLY just_mig_c8e72b6bdb7f ON rfx_user.profile USING btree (name);
-- in one transaction:
DROP INDEX rfx_user.a;
DROP INDEX rfx_user.b;
ALTER INDEX rfx_user.just_mig_e88478f7971a RENAME TO a;
ALTER INDEX rfx_user.just_mig_c8e72b6bdb7f RENAME TO b;

-- downgrade
-- each on its own:
CREATE INDEX CONCURRENTLY just_mig_e88478f7971a ON rfx_user.profile USING btree (name);
CREATE INDEX CONCURRENTLY just_mig_c8e72b6bdb7f ON rfx_user.profile USING btree (email);
-- in one transaction:
DROP INDEX rfx_user.a;
DROP INDEX rfx_user.b;
ALTER INDEX rfx_user.just_mig_e88478f7971a RENAME TO a;
ALTER INDEX rfx_user.just_mig_c8e72b6bdb7f RENAME TO b;
