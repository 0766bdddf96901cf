-- upgrade
ALTER TABLE rfx_user.t DROP COLUMN m;
DROP TYPE rfx_user.mood;

-- downgrade
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE rfx_user.t ADD COLUMN m rfx_user.mood DEFAULT 'ok'::rfx_user.mood;
