CREATE FUNCTION add(x int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT x + b $$;
CREATE TABLE t (id int DEFAULT add(1, 2), v int CHECK (add(v, 1) > 0)); CREATE INDEX i ON t (add(v, 2));
