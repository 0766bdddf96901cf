INSERT INTO team VALUES (1, 'Owl'), (2, 'Fox');
