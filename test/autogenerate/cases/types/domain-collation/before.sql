CREATE DOMAIN d AS text; CREATE TABLE t (id int, v d);
