-- upgrade
-- in one transaction:
DROP INDEX rfx_user.tn;
DROP INDEX rfx_user.tp;
ALTER TABLE rfx_user.t DROP CONSTRAINT tk;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE bigint;
ALTER TABLE rfx_user.t ALTER COLUMN name TYPE integer USING name::int;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_b_check CHECK ((b > 0)) NOT VALID;
ALTER TABLE rfx_user.t ADD CONSTRAINT tk UNIQUE (b, id);
CREATE UNIQUE INDEX tn ON rfx_user.t USING btree (name);
CREATE UNIQUE INDEX tp ON rfx_user.t USING btree (name, id) WHERE live;
-- each on its own:
ALTER TABLE rfx_user.t VALIDATE CONSTRAINT t_b_check;
-- in one transaction:
ALTER TABLE rfx_user.u ADD CONSTRAINT just_mig_7b761cbbb544 CHECK (n IS NOT NULL) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.u VALIDATE CONSTRAINT just_mig_7b761cbbb544;
-- in one transaction:
ALTER TABLE rfx_user.u ALTER COLUMN n SET NOT NULL;
ALTER TABLE rfx_user.u DROP CONSTRAINT just_mig_7b761cbbb544;
-- each on its own:
CREATE INDEX CONCURRENTLY just_mig_b76741e4c40e ON rfx_user.u USING btree (n, id);
CREATE UNIQUE INDEX CONCURRENTLY un ON rfx_user.u USING btree (n);
-- in one transaction:
DROP INDEX rfx_user.ui;
ALTER INDEX rfx_user.just_mig_b76741e4c40e RENAME TO ui;

-- downgrade
-- in one transaction:
DROP INDEX rfx_user.tn;
DROP INDEX rfx_user.tp;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_b_check;
ALTER TABLE rfx_user.t DROP CONSTRAINT tk;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE integer;
ALTER TABLE rfx_user.t ALTER COLUMN name TYPE text;
ALTER TABLE rfx_user.t ADD CONSTRAINT tk UNIQUE (b);
CREATE UNIQUE INDEX tn ON rfx_user.t USING btree (lower(name));
CREATE UNIQUE INDEX tp ON rfx_user.t USING btree (name) WHERE live;
-- each on its own:
CREATE INDEX CONCURRENTLY just_mig_b76741e4c40e ON rfx_user.u USING btree (n);
-- in one transaction:
DROP INDEX rfx_user.ui;
ALTER TABLE rfx_user.u ALTER COLUMN n DROP NOT NULL;
ALTER INDEX rfx_user.just_mig_b76741e4c40e RENAME TO ui;
-- each on its own:
DROP INDEX CONCURRENTLY rfx_user.un;
