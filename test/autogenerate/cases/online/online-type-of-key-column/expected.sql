-- upgrade
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.t DROP CONSTRAINT tk;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE bigint;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE bigint;
ALTER TABLE rfx_user.t ADD CONSTRAINT tk UNIQUE (b, a);
CREATE UNIQUE INDEX ti ON rfx_user.t USING btree (a, b);

-- downgrade
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.t DROP CONSTRAINT tk;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE integer;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE integer;
ALTER TABLE rfx_user.t ADD CONSTRAINT tk UNIQUE (b);
CREATE UNIQUE INDEX ti ON rfx_user.t USING btree (a);
