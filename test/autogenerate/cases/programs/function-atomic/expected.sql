-- upgrade
SET LOCAL check_function_bodies = off;
CREATE TABLE rfx_user.profile (
  id    bigint NOT NULL,
  name  text   NOT NULL,
  email text,
  CONSTRAINT profile_pkey PRIMARY KEY (id)
);
CREATE OR REPLACE FUNCTION rfx_user.names()
 RETURNS SETOF text
 LANGUAGE sql
BEGIN ATOMIC
 SELECT profile.name
    FROM rfx_user.profile;
 SELECT profile.email
    FROM rfx_user.profile;
END;

-- downgrade
DROP FUNCTION rfx_user.names();
DROP TABLE rfx_user.profile;
