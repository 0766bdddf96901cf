-- upgrade
ALTER TABLE rfx_user.t DROP COLUMN a;
ALTER TABLE rfx_user.t ADD COLUMN b integer;

-- downgrade
ALTER TABLE rfx_user.t DROP COLUMN b;
ALTER TABLE rfx_user.t ADD COLUMN a text;
