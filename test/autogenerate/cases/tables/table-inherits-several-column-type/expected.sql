-- upgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.a ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.b ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.c INHERIT rfx_user.b;
ALTER TABLE rfx_user.b ALTER COLUMN y TYPE character varying(40);

-- downgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.a ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.b ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.c INHERIT rfx_user.b;
ALTER TABLE rfx_user.b ALTER COLUMN y TYPE text;
