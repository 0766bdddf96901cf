-- upgrade
ALTER TYPE rfx_user.mood ADD VALUE 'ecstatic' AFTER 'happy';

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN m DROP DEFAULT;
ALTER TYPE rfx_user.mood RENAME TO mood__replaced;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE rfx_user.mood USING m::text::rfx_user.mood;
DROP TYPE rfx_user.mood__replaced;
ALTER TABLE rfx_user.t ALTER COLUMN m SET DEFAULT 'ok'::rfx_user.mood;
