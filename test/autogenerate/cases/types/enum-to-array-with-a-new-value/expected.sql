-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE rfx_user.r[] USING ARRAY[r];
ALTER TYPE rfx_user.r ADD VALUE 'c' AFTER 'b';

-- downgrade
ALTER TYPE rfx_user.r RENAME TO r__replaced;
CREATE TYPE rfx_user.r AS ENUM ('a', 'b');
ALTER TABLE rfx_user.t DROP COLUMN r;
DROP TYPE rfx_user.r__replaced;
ALTER TABLE rfx_user.t ADD COLUMN r rfx_user.r NOT NULL;
