-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TYPE rfx_user.st RENAME VALUE 'new' TO 'fresh';
ALTER TYPE rfx_user.st RENAME TO status;
ALTER TYPE rfx_user.status ADD VALUE 'closed' AFTER 'open';
CREATE OR REPLACE FUNCTION rfx_user.is_new(s rfx_user.status)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT s = 'fresh' $function$;

-- downgrade
SET LOCAL check_function_bodies = off;
ALTER TYPE rfx_user.status RENAME VALUE 'fresh' TO 'new';
ALTER TYPE rfx_user.status RENAME TO st;
DROP FUNCTION rfx_user.is_new(rfx_user.st);
ALTER TABLE rfx_user.t ALTER COLUMN s DROP DEFAULT;
ALTER TYPE rfx_user.st RENAME TO st__replaced;
CREATE TYPE rfx_user.st AS ENUM ('new', 'open');
ALTER TABLE rfx_user.t ALTER COLUMN many TYPE rfx_user.st[] USING many::text[]::rfx_user.st[];
ALTER TABLE rfx_user.t ALTER COLUMN s TYPE rfx_user.st USING s::text::rfx_user.st;
DROP TYPE rfx_user.st__replaced;
ALTER TABLE rfx_user.t ALTER COLUMN s SET DEFAULT 'new'::rfx_user.st;
CREATE OR REPLACE FUNCTION rfx_user.is_new(s rfx_user.st)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT s = 'new' $function$;
