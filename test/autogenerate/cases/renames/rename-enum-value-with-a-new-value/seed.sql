INSERT INTO t (id, s, many) VALUES (1, 'new', '{new,open}');
