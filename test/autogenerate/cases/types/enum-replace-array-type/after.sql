CREATE TYPE feeling AS ENUM ('ok', 'happy', 'meh'); CREATE TABLE t (id int, ms feeling[] DEFAULT '{ok}');
