-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE bigint;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE integer;
