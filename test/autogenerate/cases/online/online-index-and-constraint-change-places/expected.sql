-- upgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t (a);
CREATE UNIQUE INDEX CONCURRENTLY just_mig_813e5166d9ea ON rfx_user.m USING btree (a, b);
CREATE UNIQUE INDEX CONCURRENTLY tk ON rfx_user.t USING btree (b DESC);
-- in one transaction:
DROP INDEX rfx_user.mi;
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.t ADD CONSTRAINT ti UNIQUE USING INDEX just_mig_2a4a3542f786;
ALTER INDEX rfx_user.just_mig_813e5166d9ea RENAME TO mi;
-- each on its own:
DROP INDEX CONCURRENTLY rfx_user.tj;

-- downgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_813e5166d9ea ON rfx_user.m USING btree (a);
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a);
CREATE UNIQUE INDEX CONCURRENTLY tj ON rfx_user.t USING btree (b);
-- in one transaction:
DROP INDEX rfx_user.mi;
ALTER TABLE rfx_user.t DROP CONSTRAINT ti;
ALTER INDEX rfx_user.just_mig_813e5166d9ea RENAME TO mi;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;
-- each on its own:
DROP INDEX CONCURRENTLY rfx_user.tk;
