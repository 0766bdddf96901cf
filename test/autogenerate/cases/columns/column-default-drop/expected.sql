-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN v SET DEFAULT 'y'::text;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT 4;
ALTER TABLE rfx_user.t ALTER COLUMN v SET DEFAULT 'x'::text;
