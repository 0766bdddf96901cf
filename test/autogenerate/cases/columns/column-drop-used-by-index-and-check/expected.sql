-- upgrade
DROP INDEX rfx_user.by_email;
ALTER TABLE rfx_user.profile DROP CONSTRAINT profile_email_check;
ALTER TABLE rfx_user.profile DROP COLUMN email;

-- downgrade
ALTER TABLE rfx_user.profile ADD COLUMN email text;
ALTER TABLE rfx_user.profile ADD CONSTRAINT profile_email_check CHECK ((email ~~ '%@%'::text));
CREATE INDEX by_email ON rfx_user.profile USING btree (email);
