-- upgrade
ALTER TABLE rfx_user.profile REPLICA IDENTITY FULL;

-- downgrade
ALTER TABLE rfx_user.profile REPLICA IDENTITY DEFAULT;
