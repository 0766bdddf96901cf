-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN twice TYPE bigint;
ALTER TABLE rfx_user.t DROP COLUMN twice;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE bigint;
ALTER TABLE rfx_user.t ADD COLUMN twice bigint GENERATED ALWAYS AS ((n * 2)) STORED;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN twice TYPE integer;
ALTER TABLE rfx_user.t DROP COLUMN twice;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
ALTER TABLE rfx_user.t ADD COLUMN twice integer GENERATED ALWAYS AS ((n * 2)) STORED;
