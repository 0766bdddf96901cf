CREATE FUNCTION add(first int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT first + b $$;
