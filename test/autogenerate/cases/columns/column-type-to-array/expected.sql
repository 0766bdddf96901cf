-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN tags TYPE text[] USING tags::text[];

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN tags TYPE text USING tags::text;
