-- upgrade
-- each on its own:
UPDATE rfx_user.t SET a = 'zz' WHERE a IS NULL;
-- in one transaction:
ALTER TABLE rfx_user.t ADD CONSTRAINT just_mig_296682d45b51 CHECK (a IS NOT NULL) NOT VALID;
-- each on its own:
UPDATE rfx_user.t SET a = 'zz' WHERE a IS NULL;
ALTER TABLE rfx_user.t VALIDATE CONSTRAINT just_mig_296682d45b51;
-- in one transaction:
ALTER TABLE rfx_user.t ALTER COLUMN a SET NOT NULL;
ALTER TABLE rfx_user.t DROP CONSTRAINT just_mig_296682d45b51;
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY t_b_key ON rfx_user.t (b);
CREATE UNIQUE INDEX CONCURRENTLY just_mig_52d7ba82e32c ON rfx_user.t (id, a);
CREATE INDEX CONCURRENTLY just_mig_8b4f8e9bb35a ON rfx_user.t USING btree (a, b);
CREATE INDEX CONCURRENTLY i2 ON rfx_user.t USING btree (c);
-- in one transaction:
DROP INDEX rfx_user.i1;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_b_check CHECK ((b > 0)) NOT VALID;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_b_key UNIQUE USING INDEX t_b_key;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_c_fkey FOREIGN KEY (c) REFERENCES rfx_user.u(id) NOT VALID;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX just_mig_52d7ba82e32c;
ALTER INDEX rfx_user.just_mig_8b4f8e9bb35a RENAME TO i1;
-- each on its own:
ALTER TABLE rfx_user.t VALIDATE CONSTRAINT t_b_check;
ALTER TABLE rfx_user.t VALIDATE CONSTRAINT t_c_fkey;

-- downgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_52d7ba82e32c ON rfx_user.t (id);
CREATE INDEX CONCURRENTLY just_mig_8b4f8e9bb35a ON rfx_user.t USING btree (a);
-- in one transaction:
DROP INDEX rfx_user.i1;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_b_check;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_b_key;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_c_fkey;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t ALTER COLUMN a DROP NOT NULL;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX just_mig_52d7ba82e32c;
ALTER INDEX rfx_user.just_mig_8b4f8e9bb35a RENAME TO i1;
-- each on its own:
DROP INDEX CONCURRENTLY rfx_user.i2;
