INSERT INTO kept VALUES (1, '(1,2)', '{"(1,2)"}', '(1,5)', 'stays');
