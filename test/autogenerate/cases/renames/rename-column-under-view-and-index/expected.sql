-- upgrade
ALTER TABLE rfx_user.profile RENAME COLUMN name TO display_name;
ALTER TABLE rfx_user.profile RENAME CONSTRAINT profile_name_check TO profile_display_name_check;
DROP VIEW rfx_user.v;
CREATE VIEW rfx_user.v AS
 SELECT display_name
   FROM rfx_user.profile;

-- downgrade
ALTER TABLE rfx_user.profile RENAME COLUMN display_name TO name;
ALTER TABLE rfx_user.profile RENAME CONSTRAINT profile_display_name_check TO profile_name_check;
DROP VIEW rfx_user.v;
CREATE VIEW rfx_user.v AS
 SELECT name
   FROM rfx_user.profile;
