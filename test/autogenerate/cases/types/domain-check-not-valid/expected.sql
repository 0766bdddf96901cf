-- upgrade
ALTER DOMAIN rfx_user.d ADD CONSTRAINT k CHECK ((VALUE > 100)) NOT VALID;

-- downgrade
ALTER DOMAIN rfx_user.d DROP CONSTRAINT k;
