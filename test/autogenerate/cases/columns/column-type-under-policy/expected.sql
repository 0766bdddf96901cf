-- upgrade
DROP POLICY p ON rfx_user.t;
ALTER TABLE rfx_user.t ALTER COLUMN owner TYPE bigint;
CREATE POLICY p ON rfx_user.t FOR ALL TO PUBLIC USING ((owner = 1));

-- downgrade
DROP POLICY p ON rfx_user.t;
ALTER TABLE rfx_user.t ALTER COLUMN owner TYPE integer;
CREATE POLICY p ON rfx_user.t FOR ALL TO PUBLIC USING ((owner = 1));
