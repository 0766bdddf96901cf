-- upgrade
CREATE OR REPLACE VIEW rfx_user.people WITH (check_option=local, security_barrier=true, security_invoker=true) AS
 SELECT id,
    name
   FROM rfx_user.profile
  WHERE (id > 0);

-- downgrade
CREATE OR REPLACE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
