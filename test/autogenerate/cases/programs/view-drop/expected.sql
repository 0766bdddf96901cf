-- upgrade
DROP VIEW rfx_user.people;

-- downgrade
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
