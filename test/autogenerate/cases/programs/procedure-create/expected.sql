-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE PROCEDURE rfx_user.p(INOUT n integer)
 LANGUAGE plpgsql
AS $procedure$ BEGIN n := n + 1; END $procedure$;

-- downgrade
DROP PROCEDURE rfx_user.p(integer);
