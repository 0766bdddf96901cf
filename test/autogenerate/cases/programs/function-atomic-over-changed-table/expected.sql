-- upgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.names();
ALTER TABLE rfx_user.profile DROP COLUMN email;
ALTER TABLE rfx_user.profile DROP COLUMN name;
ALTER TABLE rfx_user.profile ADD COLUMN title text NOT NULL;
CREATE OR REPLACE FUNCTION rfx_user.names()
 RETURNS SETOF text
 LANGUAGE sql
BEGIN ATOMIC
 SELECT profile.title
    FROM rfx_user.profile;
END;

-- downgrade
SET LOCAL check_function_bodies = off;
DROP FUNCTION rfx_user.names();
ALTER TABLE rfx_user.profile DROP COLUMN title;
ALTER TABLE rfx_user.profile ADD COLUMN name text NOT NULL;
ALTER TABLE rfx_user.profile ADD COLUMN email text;
CREATE OR REPLACE FUNCTION rfx_user.names()
 RETURNS SETOF text
 LANGUAGE sql
BEGIN ATOMIC
 SELECT profile.name
    FROM rfx_user.profile;
END;
