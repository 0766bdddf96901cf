INSERT INTO t VALUES ('a'), ('b'); INSERT INTO k VALUES ('a'), ('b'); INSERT INTO g VALUES (1, 'a'), (2, 'b');
