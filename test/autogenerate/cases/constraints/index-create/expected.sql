-- upgrade
CREATE INDEX by_email ON rfx_user.profile USING btree (email);

-- downgrade
DROP INDEX rfx_user.by_email;
