INSERT INTO t VALUES (1, 'was t');
