CREATE TYPE mood AS ENUM ('angry', 'ok', 'happy');
CREATE DOMAIN good_mood AS mood CHECK (VALUE <> 'angry'); CREATE TYPE pair AS (a mood, b text);
