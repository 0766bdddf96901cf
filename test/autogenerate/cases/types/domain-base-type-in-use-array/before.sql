CREATE DOMAIN tag AS varchar(10);CREATE TABLE t (id int, tags tag[]); CREATE VIEW v AS SELECT tags FROM t;
