-- upgrade
ALTER SEQUENCE rfx_user.ids AS bigint MAXVALUE 9223372036854775807;

-- downgrade
ALTER SEQUENCE rfx_user.ids AS integer MAXVALUE 2147483647;
