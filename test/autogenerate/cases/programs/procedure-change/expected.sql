-- upgrade
SET LOCAL check_function_bodies = off;
DROP PROCEDURE rfx_user.p(integer);
CREATE OR REPLACE PROCEDURE rfx_user.p(IN n integer, IN m integer)
 LANGUAGE sql
 SECURITY DEFINER
AS $procedure$SELECT 2$procedure$;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP PROCEDURE rfx_user.p(integer, integer);
CREATE OR REPLACE PROCEDURE rfx_user.p(IN n integer)
 LANGUAGE sql
AS $procedure$SELECT 1$procedure$;
