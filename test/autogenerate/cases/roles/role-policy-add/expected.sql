-- upgrade
CREATE POLICY a ON rfx_user.t FOR SELECT TO case_reader USING ((who = CURRENT_USER));

-- downgrade
DROP POLICY a ON rfx_user.t;
