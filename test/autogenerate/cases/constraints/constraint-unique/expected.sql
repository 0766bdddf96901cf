-- upgrade
ALTER TABLE rfx_user.profile ADD CONSTRAINT both_unique UNIQUE NULLS NOT DISTINCT (name, email) INCLUDE (id);
ALTER TABLE rfx_user.profile ADD CONSTRAINT profile_email_key UNIQUE (email);

-- downgrade
ALTER TABLE rfx_user.profile DROP CONSTRAINT both_unique;
ALTER TABLE rfx_user.profile DROP CONSTRAINT profile_email_key;
