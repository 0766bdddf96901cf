-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN flag DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN flag TYPE boolean USING flag <> 0;
ALTER TABLE rfx_user.t ALTER COLUMN flag SET DEFAULT false;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN flag DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN flag TYPE integer USING flag::integer;
ALTER TABLE rfx_user.t ALTER COLUMN flag SET DEFAULT 0;
