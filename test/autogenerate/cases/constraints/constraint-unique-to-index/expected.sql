-- upgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT u;
CREATE UNIQUE INDEX u ON rfx_user.t USING btree (id);

-- downgrade
DROP INDEX rfx_user.u;
ALTER TABLE rfx_user.t ADD CONSTRAINT u UNIQUE (id);
