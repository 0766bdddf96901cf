-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.pairs(n integer)
 RETURNS TABLE(a integer, b text)
 LANGUAGE plpgsql
 ROWS 5
AS $function$ BEGIN RETURN QUERY SELECT n, 'it''s `x` ${y} \n'; END $function$;

-- downgrade
DROP FUNCTION rfx_user.pairs(integer);
