CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE TABLE u (a text) WITH (toast.autovacuum_enabled = false, toast.autovacuum_vacuum_threshold = 7);
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
