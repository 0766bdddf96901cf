CREATE COLLATION x (provider = icu, locale = 'fr'); CREATE TABLE t (id int, v text COLLATE x);
