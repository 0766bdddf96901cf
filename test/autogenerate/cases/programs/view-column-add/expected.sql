-- upgrade
CREATE OR REPLACE VIEW rfx_user.people AS
 SELECT id,
    name,
    email
   FROM rfx_user.profile;

-- downgrade
DROP VIEW rfx_user.people;
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
