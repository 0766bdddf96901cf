INSERT INTO t (l, d, ds, ls, ps, p) VALUES ('high', NULL, NULL, '{low,high}', NULL, NULL);
INSERT INTO part VALUES ('low', 1), ('high', 2);
