-- upgrade
ALTER TABLE rfx_user.c ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.c ALTER COLUMN p TYPE bigint;
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE bigint;

-- downgrade
ALTER TABLE rfx_user.c ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.c ALTER COLUMN p TYPE integer;
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE integer;
