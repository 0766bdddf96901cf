-- upgrade
DROP POLICY a ON rfx_user.t;
ALTER TABLE rfx_user.t ALTER COLUMN who TYPE character varying(40);
CREATE POLICY a ON rfx_user.t FOR SELECT TO case_reader USING (((who)::text = CURRENT_USER));

-- downgrade
DROP POLICY a ON rfx_user.t;
ALTER TABLE rfx_user.t ALTER COLUMN who TYPE text;
CREATE POLICY a ON rfx_user.t FOR SELECT TO case_reader USING ((who = CURRENT_USER));
