INSERT INTO owner VALUES (7);
INSERT INTO place VALUES (1, 7, 'here'), (2, 7, 'there');
