-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE rfx_user.r USING r[1];
ALTER TABLE rfx_user.u ALTER COLUMN r TYPE rfx_user.r[] USING ARRAY[r];
ALTER TYPE rfx_user.r ADD VALUE 'c' AFTER 'b';

-- downgrade
ALTER TYPE rfx_user.r RENAME TO r__replaced;
CREATE TYPE rfx_user.r AS ENUM ('a', 'b');
ALTER TABLE rfx_user.t DROP COLUMN r;
ALTER TABLE rfx_user.u DROP COLUMN r;
DROP TYPE rfx_user.r__replaced;
ALTER TABLE rfx_user.t ADD COLUMN r rfx_user.r[] NOT NULL;
ALTER TABLE rfx_user.u ADD COLUMN r rfx_user.r;
