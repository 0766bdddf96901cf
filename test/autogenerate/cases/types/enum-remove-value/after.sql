CREATE TYPE mood AS ENUM ('ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok');
