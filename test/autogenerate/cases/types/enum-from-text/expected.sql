-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN m DROP DEFAULT;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE rfx_user.mood USING m::rfx_user.mood;
ALTER TABLE rfx_user.t ALTER COLUMN m SET DEFAULT 'ok'::rfx_user.mood;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN m DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE text USING m::text;
ALTER TABLE rfx_user.t ALTER COLUMN m SET DEFAULT 'ok'::text;
DROP TYPE rfx_user.mood;
