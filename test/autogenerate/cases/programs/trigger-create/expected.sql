-- upgrade
CREATE TRIGGER t BEFORE INSERT ON rfx_user.profile FOR EACH ROW EXECUTE FUNCTION rfx_user.touch();

-- downgrade
DROP TRIGGER t ON rfx_user.profile;
