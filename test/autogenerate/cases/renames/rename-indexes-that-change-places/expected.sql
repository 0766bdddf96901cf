-- upgrade
DROP INDEX rfx_user.i1;
DROP INDEX rfx_user.i2;
CREATE INDEX i1 ON rfx_user.t USING btree (c);
CREATE INDEX i2 ON rfx_user.t USING btree (b);

-- downgrade
DROP INDEX rfx_user.i1;
DROP INDEX rfx_user.i2;
CREATE INDEX i1 ON rfx_user.t USING btree (b);
CREATE INDEX i2 ON rfx_user.t USING btree (c);
