-- upgrade
ALTER TABLE rfx_user.t RENAME CONSTRAINT low TO positive;
ALTER TRIGGER touched ON rfx_user.t RENAME TO changed;
ALTER POLICY own ON rfx_user.t RENAME TO mine;
ALTER INDEX rfx_user.i RENAME TO j;
DROP POLICY mine ON rfx_user.t;
DROP TRIGGER changed ON rfx_user.t;
DROP INDEX rfx_user.j;
ALTER TABLE rfx_user.t DROP CONSTRAINT positive;
ALTER TABLE rfx_user.t ADD CONSTRAINT positive CHECK ((a > 1));
CREATE INDEX j ON rfx_user.t USING btree (a, id);
CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON rfx_user.t FOR EACH ROW EXECUTE FUNCTION rfx_user.touch();
CREATE POLICY mine ON rfx_user.t FOR ALL TO PUBLIC USING ((a > 2));

-- downgrade
ALTER TABLE rfx_user.t RENAME CONSTRAINT positive TO low;
ALTER TRIGGER changed ON rfx_user.t RENAME TO touched;
ALTER POLICY mine ON rfx_user.t RENAME TO own;
ALTER INDEX rfx_user.j RENAME TO i;
DROP POLICY own ON rfx_user.t;
DROP TRIGGER touched ON rfx_user.t;
DROP INDEX rfx_user.i;
ALTER TABLE rfx_user.t DROP CONSTRAINT low;
ALTER TABLE rfx_user.t ADD CONSTRAINT low CHECK ((a > 0));
CREATE INDEX i ON rfx_user.t USING btree (a);
CREATE TRIGGER touched BEFORE UPDATE ON rfx_user.t FOR EACH ROW EXECUTE FUNCTION rfx_user.touch();
CREATE POLICY own ON rfx_user.t FOR ALL TO PUBLIC USING ((a > 1));
