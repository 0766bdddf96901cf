-- upgrade
ALTER SEQUENCE rfx_user.ids SET UNLOGGED;

-- downgrade
ALTER SEQUENCE rfx_user.ids SET LOGGED;
