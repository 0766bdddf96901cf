-- upgrade
ALTER DOMAIN rfx_user.positive SET DEFAULT 7;
ALTER DOMAIN rfx_user.positive SET NOT NULL;
ALTER DOMAIN rfx_user.positive ADD CONSTRAINT positive_not_null NOT NULL;

-- downgrade
ALTER DOMAIN rfx_user.positive DROP CONSTRAINT positive_not_null;
ALTER DOMAIN rfx_user.positive DROP DEFAULT;
ALTER DOMAIN rfx_user.positive DROP NOT NULL;
