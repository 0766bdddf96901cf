-- upgrade
ALTER TABLE rfx_user.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON rfx_user.t FOR ALL TO postgres, "case Writer", case_reader USING ((who = CURRENT_USER));
CREATE POLICY b ON rfx_user.t FOR INSERT TO case_reader WITH CHECK (true);

-- downgrade
DROP POLICY a ON rfx_user.t;
DROP POLICY b ON rfx_user.t;
ALTER TABLE rfx_user.t DISABLE ROW LEVEL SECURITY;
