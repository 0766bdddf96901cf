-- upgrade
ALTER DOMAIN rfx_user.positive DROP CONSTRAINT positive_check;
ALTER DOMAIN rfx_user.positive ADD CONSTRAINT positive_check CHECK ((VALUE > '-5'::integer));

-- downgrade
ALTER DOMAIN rfx_user.positive DROP CONSTRAINT positive_check;
ALTER DOMAIN rfx_user.positive ADD CONSTRAINT positive_check CHECK ((VALUE > 0));
