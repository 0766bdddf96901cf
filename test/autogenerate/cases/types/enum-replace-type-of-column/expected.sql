-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN m DROP DEFAULT;
CREATE TYPE rfx_user.feeling AS ENUM ('sad', 'ok', 'happy', 'meh');
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE rfx_user.feeling USING m::text::rfx_user.feeling;
ALTER TABLE rfx_user.t ALTER COLUMN m SET DEFAULT 'ok'::rfx_user.feeling;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN m DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE rfx_user.mood USING m::text::rfx_user.mood;
ALTER TABLE rfx_user.t ALTER COLUMN m SET DEFAULT 'ok'::rfx_user.mood;
DROP TYPE rfx_user.feeling;
