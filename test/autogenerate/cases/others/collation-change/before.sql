CREATE COLLATION x (provider = icu, locale = 'de'); CREATE TABLE t (id int, v text COLLATE x);
