-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN ms DROP DEFAULT;
CREATE TYPE rfx_user.feeling AS ENUM ('ok', 'happy', 'meh');
ALTER TABLE rfx_user.t ALTER COLUMN ms TYPE rfx_user.feeling[] USING ms::text[]::rfx_user.feeling[];
DROP TYPE rfx_user.mood;
ALTER TABLE rfx_user.t ALTER COLUMN ms SET DEFAULT '{ok}'::rfx_user.feeling[];

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN ms DROP DEFAULT;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE rfx_user.t ALTER COLUMN ms TYPE rfx_user.mood[] USING ms::text[]::rfx_user.mood[];
DROP TYPE rfx_user.feeling;
ALTER TABLE rfx_user.t ALTER COLUMN ms SET DEFAULT '{ok}'::rfx_user.mood[];
