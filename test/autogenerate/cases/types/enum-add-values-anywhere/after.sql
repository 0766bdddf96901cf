CREATE TYPE mood AS ENUM ('awful', 'sad', 'so-so', 'ok', 'happy', 'it''s great');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok');
