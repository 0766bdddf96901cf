-- upgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a, b);
-- in one transaction:
DROP INDEX rfx_user.ti;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;
COMMENT ON INDEX rfx_user.ti IS 'by both';
ALTER TABLE rfx_user.t REPLICA IDENTITY USING INDEX ti;
ALTER TABLE rfx_user.t CLUSTER ON ti;

-- downgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a);
-- in one transaction:
DROP INDEX rfx_user.ti;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;
ALTER TABLE rfx_user.t REPLICA IDENTITY USING INDEX ti;
ALTER TABLE rfx_user.t CLUSTER ON ti;
