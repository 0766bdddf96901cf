CREATE TABLE t (id int PRIMARY KEY, a text) WITH (toast.autovacuum_enabled = false, toast_tuple_target = 4096);
CREATE TABLE u (a text) WITH (toast.autovacuum_vacuum_threshold = 9);
CREATE MATERIALIZED VIEW m WITH (toast.autovacuum_enabled = false) AS SELECT a FROM t;
CREATE TABLE made (a text) WITH (toast.autovacuum_enabled = false);
