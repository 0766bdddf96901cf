-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE rfx_user.r USING r[1]::text::rfx_user.r;
ALTER TYPE rfx_user.r RENAME TO r__replaced;
CREATE TYPE rfx_user.r AS ENUM ('a', 'b');
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE rfx_user.r USING r::text::rfx_user.r;
DROP TYPE rfx_user.r__replaced;

-- downgrade
-- each on its own:
ALTER TYPE rfx_user.r ADD VALUE 'c' AFTER 'b';
-- in one transaction:
ALTER TABLE rfx_user.t DROP COLUMN r;
ALTER TABLE rfx_user.t ADD COLUMN r rfx_user.r[] NOT NULL;
