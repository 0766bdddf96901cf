-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN n DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer USING n::integer;
ALTER TABLE rfx_user.t ALTER COLUMN n SET DEFAULT 1;
DROP DOMAIN rfx_user.positive;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN n DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN n SET DEFAULT 1;
CREATE DOMAIN rfx_user.positive AS integer CONSTRAINT positive_check CHECK ((VALUE > 0));
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE rfx_user.positive USING n::rfx_user.positive;
