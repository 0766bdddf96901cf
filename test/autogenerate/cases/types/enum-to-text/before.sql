CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id int, m mood DEFAULT 'ok' CHECK (m IN ('ok', 'sad'))); CREATE INDEX i ON t (m);
