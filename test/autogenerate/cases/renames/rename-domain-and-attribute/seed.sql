INSERT INTO t VALUES (1, 'c', (1, 'y'));
