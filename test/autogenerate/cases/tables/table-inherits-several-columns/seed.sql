INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (2, 'y'); INSERT INTO c (id, x, y, own) VALUES (3, 'x', 'y', 'own');
