INSERT INTO root VALUES (1); INSERT INTO left_one VALUES (2, 'l'); INSERT INTO right_one VALUES (3, 'r');
