CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false); CREATE TABLE t (v text COLLATE german);
