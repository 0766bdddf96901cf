INSERT INTO person (name) VALUES ('a'), ('b'); INSERT INTO pet VALUES (1, 1);
