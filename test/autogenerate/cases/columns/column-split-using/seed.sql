INSERT INTO contact VALUES (1, 'Ada Lovelace'), (2, 'Grace Hopper');
