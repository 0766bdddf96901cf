-- upgrade
ALTER TABLE rfx_user.profile SET UNLOGGED;

-- downgrade
ALTER TABLE rfx_user.profile SET LOGGED;
