-- upgrade
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON rfx_user.profile DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.id > 0)) EXECUTE FUNCTION rfx_user.touch();

-- downgrade
DROP TRIGGER t ON rfx_user.profile;
