-- upgrade
ALTER TABLE rfx_user.profile ADD CONSTRAINT named CHECK ((name <> ''::text)) NO INHERIT;
ALTER TABLE rfx_user.profile ADD CONSTRAINT profile_email_check CHECK ((email ~~ '%%@%%'::text));

-- downgrade
ALTER TABLE rfx_user.profile DROP CONSTRAINT named;
ALTER TABLE rfx_user.profile DROP CONSTRAINT profile_email_check;
