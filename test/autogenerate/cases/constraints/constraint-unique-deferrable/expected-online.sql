-- upgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_823fdc568c26 ON rfx_user.t (id);
-- in one transaction:
ALTER TABLE rfx_user.t DROP CONSTRAINT u;
ALTER TABLE rfx_user.t ADD CONSTRAINT u UNIQUE USING INDEX just_mig_823fdc568c26 DEFERRABLE INITIALLY DEFERRED;

-- downgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_823fdc568c26 ON rfx_user.t (id);
-- in one transaction:
ALTER TABLE rfx_user.t DROP CONSTRAINT u;
ALTER TABLE rfx_user.t ADD CONSTRAINT u UNIQUE USING INDEX just_mig_823fdc568c26;
