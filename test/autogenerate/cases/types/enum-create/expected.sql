-- upgrade
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');

-- downgrade
DROP TYPE rfx_user.mood;
