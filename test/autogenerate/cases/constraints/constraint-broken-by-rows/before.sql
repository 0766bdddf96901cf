CREATE TABLE env (name text PRIMARY KEY);
CREATE TABLE perm (role int, env text, n int, k text);
INSERT INTO env VALUES ('a'); INSERT INTO perm VALUES (1, 'a', 1, 'x'), (2, '', 2, 'x'), (3, NULL, 0, 'y');
