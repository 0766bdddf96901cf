-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text COLLATE pg_catalog."C";

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text COLLATE "default";
