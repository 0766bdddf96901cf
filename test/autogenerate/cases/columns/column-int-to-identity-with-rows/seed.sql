INSERT INTO t VALUES (1, 'a'), (2, 'b');
INSERT INTO always VALUES (7000000000, 'a');
INSERT INTO nullable VALUES (3, 'a');
INSERT INTO started VALUES (5), (12);
INSERT INTO downwards VALUES (-9), (4);
INSERT INTO negative VALUES (-3);
INSERT INTO "Odd 'Name'" VALUES (11, 'a');
INSERT INTO parted VALUES (8, '2026-05-05');
