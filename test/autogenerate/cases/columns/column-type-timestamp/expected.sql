-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN at DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN at TYPE timestamp with time zone USING at AT TIME ZONE 'Europe/Berlin';
ALTER TABLE rfx_user.t ALTER COLUMN at SET DEFAULT now();

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN at DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN at TYPE timestamp without time zone USING at AT TIME ZONE 'Europe/Berlin';
ALTER TABLE rfx_user.t ALTER COLUMN at SET DEFAULT now();
