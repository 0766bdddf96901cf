INSERT INTO a (x1, x2, x3) VALUES ('one', 'two', 'three'); INSERT INTO c VALUES (1, 1);
