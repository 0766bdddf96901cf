-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN v SET COMPRESSION default;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN v SET COMPRESSION pglz;
