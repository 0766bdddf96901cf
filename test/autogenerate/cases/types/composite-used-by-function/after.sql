CREATE TYPE pair AS (a int, c text);
CREATE FUNCTION f() RETURNS SETOF pair LANGUAGE sql AS $$ SELECT 1, 'x' $$;
