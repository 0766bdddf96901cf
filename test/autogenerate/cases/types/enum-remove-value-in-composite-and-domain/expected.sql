-- upgrade
DROP DOMAIN rfx_user.good_mood;
DROP TYPE rfx_user.pair;
DROP TYPE rfx_user.mood;
CREATE TYPE rfx_user.mood AS ENUM ('angry', 'ok', 'happy');
CREATE DOMAIN rfx_user.good_mood AS rfx_user.mood CONSTRAINT good_mood_check CHECK ((VALUE <> 'angry'::rfx_user.mood));
CREATE TYPE rfx_user.pair AS (a rfx_user.mood, b text);

-- downgrade
DROP DOMAIN rfx_user.good_mood;
DROP TYPE rfx_user.pair;
DROP TYPE rfx_user.mood;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN rfx_user.good_mood AS rfx_user.mood CONSTRAINT good_mood_check CHECK ((VALUE <> 'sad'::rfx_user.mood));
CREATE TYPE rfx_user.pair AS (a rfx_user.mood, b text);
