-- upgrade
ALTER TABLE rfx_user.profile ADD COLUMN a integer;
ALTER TABLE rfx_user.profile ADD COLUMN b numeric(10,2) DEFAULT 0;
ALTER TABLE rfx_user.profile ADD COLUMN c timestamp with time zone NOT NULL DEFAULT now();
ALTER TABLE rfx_user.profile ADD COLUMN d jsonb;
ALTER TABLE rfx_user.profile ADD COLUMN e text[] NOT NULL DEFAULT '{}'::text[];

-- downgrade
ALTER TABLE rfx_user.profile DROP COLUMN a;
ALTER TABLE rfx_user.profile DROP COLUMN b;
ALTER TABLE rfx_user.profile DROP COLUMN c;
ALTER TABLE rfx_user.profile DROP COLUMN d;
ALTER TABLE rfx_user.profile DROP COLUMN e;
