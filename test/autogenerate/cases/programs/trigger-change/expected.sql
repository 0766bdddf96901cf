-- upgrade
DROP TRIGGER t ON rfx_user.profile;
CREATE TRIGGER t AFTER UPDATE ON rfx_user.profile REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION rfx_user.touch('a', 'b');

-- downgrade
DROP TRIGGER t ON rfx_user.profile;
CREATE TRIGGER t BEFORE INSERT ON rfx_user.profile FOR EACH ROW EXECUTE FUNCTION rfx_user.touch();
