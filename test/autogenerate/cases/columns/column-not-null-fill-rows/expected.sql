-- upgrade
ALTER TABLE rfx_user.profile ADD COLUMN language text;
UPDATE rfx_user.profile SET language = 'en' WHERE language IS NULL;
ALTER TABLE rfx_user.profile ALTER COLUMN language SET NOT NULL;
UPDATE rfx_user.profile SET joined = '2026-01-01' WHERE joined IS NULL;
ALTER TABLE rfx_user.profile ALTER COLUMN joined SET NOT NULL;
CREATE INDEX profile_language ON rfx_user.profile USING btree (language);

-- downgrade
DROP INDEX rfx_user.profile_language;
ALTER TABLE rfx_user.profile DROP COLUMN language;
ALTER TABLE rfx_user.profile ALTER COLUMN joined DROP NOT NULL;
