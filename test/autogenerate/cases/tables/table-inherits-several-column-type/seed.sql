INSERT INTO a VALUES (1, 'x'); INSERT INTO c VALUES (3, 'x', 'y', 'own'); INSERT INTO d VALUES (4, 'x', 'y', 'own');
