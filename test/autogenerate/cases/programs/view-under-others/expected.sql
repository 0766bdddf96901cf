-- upgrade
CREATE OR REPLACE VIEW rfx_user.people AS
 SELECT id,
    name,
    email
   FROM rfx_user.profile
  WHERE (id > 0);
CREATE OR REPLACE VIEW rfx_user.long_names AS
 SELECT name
   FROM rfx_user.names
  WHERE (length(name) > 20);

-- downgrade
DROP VIEW rfx_user.long_names;
DROP VIEW rfx_user.names;
DROP VIEW rfx_user.people;
CREATE VIEW rfx_user.people AS
 SELECT id,
    name
   FROM rfx_user.profile;
CREATE VIEW rfx_user.names AS
 SELECT name
   FROM rfx_user.people;
CREATE VIEW rfx_user.long_names AS
 SELECT name
   FROM rfx_user.names
  WHERE (length(name) > 10);
CREATE TRIGGER t INSTEAD OF UPDATE ON rfx_user.names FOR EACH ROW EXECUTE FUNCTION rfx_user.rename();
