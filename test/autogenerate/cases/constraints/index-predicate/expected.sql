-- upgrade
DROP INDEX rfx_user.by_email;
CREATE INDEX by_email ON rfx_user.profile USING btree (email) WHERE (name <> ''::text);

-- downgrade
DROP INDEX rfx_user.by_email;
CREATE INDEX by_email ON rfx_user.profile USING btree (email);
