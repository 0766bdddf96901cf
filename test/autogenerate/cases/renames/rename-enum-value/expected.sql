-- upgrade
ALTER TYPE rfx_user.st RENAME VALUE 'new' TO 'fresh';

-- downgrade
ALTER TYPE rfx_user.st RENAME VALUE 'fresh' TO 'new';
