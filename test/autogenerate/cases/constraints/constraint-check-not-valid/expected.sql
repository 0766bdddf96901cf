-- upgrade
ALTER TABLE rfx_user.profile ADD CONSTRAINT k CHECK ((id > 100)) NOT VALID;

-- downgrade
ALTER TABLE rfx_user.profile DROP CONSTRAINT k;
