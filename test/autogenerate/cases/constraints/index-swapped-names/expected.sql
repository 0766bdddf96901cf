-- upgrade
DROP INDEX rfx_user.a;
DROP INDEX rfx_user.b;
CREATE INDEX a ON rfx_user.profile USING btree (email);
CREATE INDEX b ON rfx_user.profile USING btree (name);

-- downgrade
DROP INDEX rfx_user.a;
DROP INDEX rfx_user.b;
CREATE INDEX a ON rfx_user.profile USING btree (name);
CREATE INDEX b ON rfx_user.profile USING btree (email);
