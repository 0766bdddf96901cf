-- upgrade
DROP TRIGGER tr ON rfx_user.t;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE bigint;
CREATE TRIGGER tr BEFORE UPDATE OF n ON rfx_user.t FOR EACH ROW WHEN ((old.n <> new.n)) EXECUTE FUNCTION rfx_user.touch();

-- downgrade
DROP TRIGGER tr ON rfx_user.t;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
CREATE TRIGGER tr BEFORE UPDATE OF n ON rfx_user.t FOR EACH ROW WHEN ((old.n <> new.n)) EXECUTE FUNCTION rfx_user.touch();
