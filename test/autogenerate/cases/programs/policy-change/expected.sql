-- upgrade
DROP POLICY mine ON rfx_user.profile;
CREATE POLICY mine ON rfx_user.profile FOR SELECT TO PUBLIC USING ((id > 0));

-- downgrade
DROP POLICY mine ON rfx_user.profile;
CREATE POLICY mine ON rfx_user.profile FOR SELECT TO PUBLIC USING ((name = CURRENT_USER));
