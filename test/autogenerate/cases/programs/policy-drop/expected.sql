-- upgrade
DROP POLICY mine ON rfx_user.profile;
ALTER TABLE rfx_user.profile DISABLE ROW LEVEL SECURITY;

-- downgrade
ALTER TABLE rfx_user.profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON rfx_user.profile FOR SELECT TO PUBLIC USING ((name = CURRENT_USER));
