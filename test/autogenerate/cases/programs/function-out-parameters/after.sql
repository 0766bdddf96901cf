CREATE FUNCTION f(a int, OUT b int, OUT c text, OUT d date) LANGUAGE sql AS 'SELECT 1, $$x$$, current_date';
