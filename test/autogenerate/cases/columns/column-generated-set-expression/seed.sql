INSERT INTO t (id, a) VALUES (1, 'a'); INSERT INTO moved (id, old_name) VALUES (1, 'a'); INSERT INTO checked (id, a) VALUES (1, 1); INSERT INTO called (id, a) VALUES (1, 'a');
