INSERT INTO m VALUES (1, 'user', 'x');
