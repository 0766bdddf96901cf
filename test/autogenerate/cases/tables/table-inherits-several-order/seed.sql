INSERT INTO c (id, x, y, z, own) VALUES (1, 'x', 'y', 'z', 'own');
