-- upgrade
ALTER TYPE rfx_user.st RENAME VALUE 'new' TO 'fresh';
ALTER TYPE rfx_user.st ADD VALUE 'closed' AFTER 'open';

-- downgrade
ALTER TYPE rfx_user.st RENAME VALUE 'fresh' TO 'new';
ALTER TABLE rfx_user.t ALTER COLUMN s DROP DEFAULT;
ALTER TYPE rfx_user.st RENAME TO st__replaced;
CREATE TYPE rfx_user.st AS ENUM ('new', 'open');
ALTER TABLE rfx_user.t ALTER COLUMN many TYPE rfx_user.st[] USING many::text[]::rfx_user.st[];
ALTER TABLE rfx_user.t ALTER COLUMN s TYPE rfx_user.st USING s::text::rfx_user.st;
DROP TYPE rfx_user.st__replaced;
ALTER TABLE rfx_user.t ALTER COLUMN s SET DEFAULT 'new'::rfx_user.st;
