CREATE DOMAIN tag AS text;CREATE TABLE t (id int, tags tag[]); CREATE VIEW v AS SELECT tags FROM t;
