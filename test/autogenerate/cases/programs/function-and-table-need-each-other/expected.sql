-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.next_id()
 RETURNS bigint
 LANGUAGE sql
AS $function$SELECT coalesce(max(id), 0) + 1 FROM rfx_user.t$function$;
CREATE TABLE rfx_user.t (id bigint DEFAULT rfx_user.next_id());

-- downgrade
DROP TABLE rfx_user.t;
DROP FUNCTION rfx_user.next_id();
