-- upgrade
ALTER TABLE rfx_user.event ALTER COLUMN kind TYPE character varying(40);

-- downgrade
ALTER TABLE rfx_user.event ALTER COLUMN kind TYPE text;
