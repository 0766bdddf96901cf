-- upgrade
DROP VIEW rfx_user.people;
CREATE TABLE rfx_user.people (id bigint, name text);

-- downgrade
DROP TABLE rfx_user.people;
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
