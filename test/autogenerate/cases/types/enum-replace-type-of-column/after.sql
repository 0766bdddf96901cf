CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE feeling AS ENUM ('sad', 'ok', 'happy', 'meh'); CREATE TABLE t (id int PRIMARY KEY, m feeling DEFAULT 'ok');
