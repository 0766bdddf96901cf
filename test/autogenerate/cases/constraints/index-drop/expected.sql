-- upgrade
DROP INDEX rfx_user.by_email;

-- downgrade
CREATE INDEX by_email ON rfx_user.profile USING btree (email);
