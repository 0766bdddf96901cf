CREATE FUNCTION pairs(n int) RETURNS TABLE (a int, b text) LANGUAGE plpgsql ROWS 5 AS $body$ BEGIN RETURN QUERY SELECT n, 'it''s `x` ${y} \n'; END $body$;
