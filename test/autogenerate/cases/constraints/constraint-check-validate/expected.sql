-- upgrade
ALTER TABLE rfx_user.profile VALIDATE CONSTRAINT k;

-- downgrade
ALTER TABLE rfx_user.profile DROP CONSTRAINT k;
ALTER TABLE rfx_user.profile ADD CONSTRAINT k CHECK ((id > 0)) NOT VALID;
