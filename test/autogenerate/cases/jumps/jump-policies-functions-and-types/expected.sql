-- upgrade
SET LOCAL check_function_bodies = off;
DROP POLICY p ON rfx_user.m;
DROP VIEW rfx_user.admins;
DROP FUNCTION rfx_user.is_admin(rfx_user.role_of);
ALTER TABLE rfx_user.m ALTER COLUMN r DROP DEFAULT;
ALTER TYPE rfx_user.role_of RENAME TO role_of__replaced;
CREATE TYPE rfx_user.role_of AS ENUM ('owner', 'user', 'guest');
ALTER TABLE rfx_user.m ALTER COLUMN r TYPE rfx_user.role_of USING r::text::rfx_user.role_of;
DROP TYPE rfx_user.role_of__replaced;
ALTER TABLE rfx_user.m ALTER COLUMN r SET DEFAULT 'guest'::rfx_user.role_of;
CREATE OR REPLACE FUNCTION rfx_user.is_admin(r rfx_user.role_of)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ SELECT r = 'owner' $function$;
CREATE VIEW rfx_user.admins AS
 SELECT id,
    r,
    o
   FROM rfx_user.m
  WHERE rfx_user.is_admin(r);
CREATE POLICY p ON rfx_user.m FOR ALL TO PUBLIC USING ((rfx_user.is_admin(r) OR (o = CURRENT_USER)));

-- downgrade
SET LOCAL check_function_bodies = off;
DROP POLICY p ON rfx_user.m;
DROP VIEW rfx_user.admins;
DROP FUNCTION rfx_user.is_admin(rfx_user.role_of);
ALTER TABLE rfx_user.m ALTER COLUMN r DROP DEFAULT;
ALTER TYPE rfx_user.role_of RENAME TO role_of__replaced;
CREATE TYPE rfx_user.role_of AS ENUM ('admin', 'user');
ALTER TABLE rfx_user.m ALTER COLUMN r TYPE rfx_user.role_of USING r::text::rfx_user.role_of;
DROP TYPE rfx_user.role_of__replaced;
ALTER TABLE rfx_user.m ALTER COLUMN r SET DEFAULT 'user'::rfx_user.role_of;
CREATE OR REPLACE FUNCTION rfx_user.is_admin(r rfx_user.role_of)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ SELECT r = 'admin' $function$;
CREATE VIEW rfx_user.admins AS
 SELECT id,
    r,
    o
   FROM rfx_user.m
  WHERE rfx_user.is_admin(r);
CREATE POLICY p ON rfx_user.m FOR ALL TO PUBLIC USING (rfx_user.is_admin(r));
