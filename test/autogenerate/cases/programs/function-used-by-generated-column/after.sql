CREATE FUNCTION add(a int, b int DEFAULT 1) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT (a + b)::bigint $$;
CREATE TABLE t (id int, v int GENERATED ALWAYS AS (add(id, 1)) STORED);
