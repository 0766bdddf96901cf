-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text;
DROP COLLATION rfx_user.x;
CREATE COLLATION rfx_user.x (PROVIDER = icu, LOCALE = 'fr');
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text COLLATE rfx_user.x;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text;
DROP COLLATION rfx_user.x;
CREATE COLLATION rfx_user.x (PROVIDER = icu, LOCALE = 'de');
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text COLLATE rfx_user.x;
