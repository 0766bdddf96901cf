-- upgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.total();
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE smallint;
CREATE OR REPLACE FUNCTION rfx_user.total()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT sum(t.n) AS sum
    FROM rfx_user.t;
END;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.total();
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
CREATE OR REPLACE FUNCTION rfx_user.total()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT sum(t.n) AS sum
    FROM rfx_user.t;
END;
