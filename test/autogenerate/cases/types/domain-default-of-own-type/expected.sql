-- upgrade
ALTER TABLE rfx_user.person ALTER COLUMN feels TYPE text USING feels::text;
ALTER TABLE rfx_user.person ALTER COLUMN felt TYPE text[] USING felt::text[];
DROP DOMAIN rfx_user.feeling;
DROP TYPE rfx_user.mood;
CREATE TYPE rfx_user.mood AS ENUM ('ok', 'happy');
CREATE DOMAIN rfx_user.feeling AS rfx_user.mood DEFAULT 'happy'::rfx_user.mood CONSTRAINT feeling_not_null NOT NULL;
ALTER TABLE rfx_user.person ALTER COLUMN feels TYPE rfx_user.feeling USING feels::rfx_user.feeling;
ALTER TABLE rfx_user.person ALTER COLUMN felt TYPE rfx_user.feeling[] USING felt::rfx_user.feeling[];
CREATE DOMAIN rfx_user.other AS rfx_user.mood DEFAULT 'ok'::rfx_user.mood;
ALTER TABLE rfx_user.person ADD COLUMN now rfx_user.other;

-- downgrade
ALTER TABLE rfx_user.person DROP COLUMN now;
DROP DOMAIN rfx_user.other;
ALTER DOMAIN rfx_user.feeling SET DEFAULT 'ok'::rfx_user.mood;
ALTER TYPE rfx_user.mood ADD VALUE 'sad' BEFORE 'ok';
