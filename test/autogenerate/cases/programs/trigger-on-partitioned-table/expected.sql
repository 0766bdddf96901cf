-- upgrade
CREATE TRIGGER x AFTER INSERT ON rfx_user.t FOR EACH ROW EXECUTE FUNCTION rfx_user.touch();

-- downgrade
DROP TRIGGER x ON rfx_user.t;
