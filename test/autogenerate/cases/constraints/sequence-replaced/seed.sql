INSERT INTO t (v) VALUES ('a'), ('b'); INSERT INTO w (v) VALUES ('a'), ('b'); INSERT INTO x VALUES (1, 'a'), (2, 'b');
SELECT setval('small_number', 5);
INSERT INTO u (v) VALUES ('a');
