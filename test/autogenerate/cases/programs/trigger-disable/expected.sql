-- upgrade
ALTER TABLE rfx_user.profile DISABLE TRIGGER t;

-- downgrade
ALTER TABLE rfx_user.profile ENABLE TRIGGER t;
