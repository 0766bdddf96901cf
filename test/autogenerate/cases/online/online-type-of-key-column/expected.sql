-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE bigint;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE bigint;
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_3077da0e4e9c ON rfx_user.t (b, a);
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a, b);
-- in one transaction:
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.t DROP CONSTRAINT tk;
ALTER TABLE rfx_user.t ADD CONSTRAINT tk UNIQUE USING INDEX just_mig_3077da0e4e9c;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;

-- downgrade
-- in one transaction:
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE integer;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE integer;
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_3077da0e4e9c ON rfx_user.t (b);
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a);
-- in one transaction:
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.t DROP CONSTRAINT tk;
ALTER TABLE rfx_user.t ADD CONSTRAINT tk UNIQUE USING INDEX just_mig_3077da0e4e9c;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;
