CREATE TABLE t (id int, m text DEFAULT 'ok' CHECK (m IN ('ok', 'sad'))); CREATE INDEX i ON t (m);
