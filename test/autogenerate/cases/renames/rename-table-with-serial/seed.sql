INSERT INTO profile (name) VALUES ('x'); INSERT INTO c VALUES (1);
