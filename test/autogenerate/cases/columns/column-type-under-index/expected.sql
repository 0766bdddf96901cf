-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE bigint;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
