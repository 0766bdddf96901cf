-- upgrade
DROP POLICY mine ON rfx_user.profile;
CREATE POLICY mine ON rfx_user.profile AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((id > 1)) WITH CHECK ((id > 2));

-- downgrade
DROP POLICY mine ON rfx_user.profile;
CREATE POLICY mine ON rfx_user.profile FOR SELECT TO PUBLIC USING ((name = CURRENT_USER));
