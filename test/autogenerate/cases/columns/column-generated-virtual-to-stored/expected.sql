-- upgrade
ALTER TABLE rfx_user.t DROP COLUMN twice;
ALTER TABLE rfx_user.t ADD COLUMN twice integer GENERATED ALWAYS AS ((n * 2)) STORED;

-- downgrade
ALTER TABLE rfx_user.t DROP COLUMN twice;
ALTER TABLE rfx_user.t ADD COLUMN twice integer GENERATED ALWAYS AS ((n * 2)) VIRTUAL;
