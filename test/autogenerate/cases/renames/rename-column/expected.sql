-- upgrade
ALTER TABLE rfx_user.profile RENAME COLUMN name TO display_name;

-- downgrade
ALTER TABLE rfx_user.profile RENAME COLUMN display_name TO name;
