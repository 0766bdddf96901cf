-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN doc DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN doc TYPE jsonb;
ALTER TABLE rfx_user.t ALTER COLUMN doc SET DEFAULT '{}'::jsonb;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN doc DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN doc TYPE json;
ALTER TABLE rfx_user.t ALTER COLUMN doc SET DEFAULT '{}'::json;
