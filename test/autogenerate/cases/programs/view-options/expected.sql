-- upgrade
DROP VIEW rfx_user.people;
CREATE VIEW rfx_user.people WITH (check_option=local, security_barrier=true, security_invoker=true) AS
 SELECT id,
    name
   FROM rfx_user.profile
  WHERE (id > 0);

-- downgrade
DROP VIEW rfx_user.people;
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
