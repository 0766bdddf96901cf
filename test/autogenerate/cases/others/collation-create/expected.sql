-- upgrade
CREATE COLLATION rfx_user.german (PROVIDER = icu, LOCALE = 'de-u-co-phonebk', DETERMINISTIC = false);
CREATE TABLE rfx_user.t (v text COLLATE rfx_user.german);

-- downgrade
DROP TABLE rfx_user.t;
DROP COLLATION rfx_user.german;
