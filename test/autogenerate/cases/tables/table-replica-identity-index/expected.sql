-- upgrade
ALTER TABLE rfx_user.profile REPLICA IDENTITY USING INDEX by_email;
ALTER TABLE rfx_user.profile REPLICA IDENTITY USING INDEX by_email;

-- downgrade
ALTER TABLE rfx_user.profile REPLICA IDENTITY DEFAULT;
ALTER TABLE rfx_user.profile REPLICA IDENTITY DEFAULT;
