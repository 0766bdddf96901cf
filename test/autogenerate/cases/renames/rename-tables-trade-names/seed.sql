INSERT INTO a (x) VALUES ('one'), ('two'); INSERT INTO b (x) VALUES (7), (8);
