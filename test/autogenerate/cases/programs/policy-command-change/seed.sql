INSERT INTO profile VALUES (1, 'Ann', 'ann@example.org'), (2, 'Bob', NULL);
