-- upgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_1755cf919d35 ON rfx_user.s USING btree (a DESC);
-- in one transaction:
DROP INDEX rfx_user.si;
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.s DROP CONSTRAINT s_int4range_excl;
ALTER TABLE rfx_user.s ADD CONSTRAINT s_int4range_excl EXCLUDE USING gist (int4range(a, b) WITH &&) WHERE ((b > a));
ALTER INDEX rfx_user.just_mig_1755cf919d35 RENAME TO si;
CREATE UNIQUE INDEX ti ON rfx_user.t USING btree (a, b);

-- downgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_1755cf919d35 ON rfx_user.s USING btree (a);
-- in one transaction:
DROP INDEX rfx_user.si;
DROP INDEX rfx_user.ti;
ALTER TABLE rfx_user.s DROP CONSTRAINT s_int4range_excl;
ALTER TABLE rfx_user.s ADD CONSTRAINT s_int4range_excl EXCLUDE USING gist (int4range(a, b) WITH &&);
ALTER INDEX rfx_user.just_mig_1755cf919d35 RENAME TO si;
CREATE UNIQUE INDEX ti ON rfx_user.t USING btree (a);
