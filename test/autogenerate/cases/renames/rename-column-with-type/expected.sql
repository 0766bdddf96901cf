-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN a TO amount;
ALTER TABLE rfx_user.t ALTER COLUMN amount TYPE bigint;

-- downgrade
ALTER TABLE rfx_user.t RENAME COLUMN amount TO a;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE integer;
