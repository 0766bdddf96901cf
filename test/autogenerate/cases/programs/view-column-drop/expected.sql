-- upgrade
DROP VIEW rfx_user.people;
CREATE VIEW rfx_user.people AS
 SELECT id
   FROM rfx_user.profile;

-- downgrade
CREATE OR REPLACE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
