INSERT INTO t (v) VALUES ('a'), ('b'), ('c'); DELETE FROM t WHERE id = 3;
SELECT setval('unused_id_seq', 40, false);
INSERT INTO wide (v) VALUES ('a'), ('b');
INSERT INTO long_name_of_a_table_that_has_a_long_column_too (v) VALUES ('a');
