INSERT INTO l (left_text) VALUES ('one'), ('two'); INSERT INTO r (right_text) VALUES ('three'), ('four');
