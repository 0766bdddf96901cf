-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN twice SET EXPRESSION AS ((n * 3));

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN twice SET EXPRESSION AS ((n * 2));
