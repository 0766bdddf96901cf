-- upgrade
ALTER TABLE rfx_user.profile ALTER COLUMN email SET DEFAULT (now())::text;
ALTER TABLE rfx_user.profile ALTER COLUMN name SET DEFAULT 'x'::text;

-- downgrade
ALTER TABLE rfx_user.profile ALTER COLUMN email DROP DEFAULT;
ALTER TABLE rfx_user.profile ALTER COLUMN name DROP DEFAULT;
