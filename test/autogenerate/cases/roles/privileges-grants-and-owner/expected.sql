-- upgrade
REVOKE ALL ON TABLE rfx_user.t FROM postgres;
ALTER TABLE rfx_user.t OWNER TO case_reader;
REVOKE ALL ON SCHEMA rfx_user FROM case_reader;
GRANT USAGE ON SCHEMA rfx_user TO case_reader;
REVOKE ALL (a) ON TABLE rfx_user.t FROM "case Writer";
GRANT UPDATE (a) ON TABLE rfx_user.t TO "case Writer" WITH GRANT OPTION;
REVOKE ALL ON TABLE rfx_user.t FROM case_reader;
GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE rfx_user.t TO case_reader;

-- downgrade
REVOKE ALL ON SCHEMA rfx_user FROM case_reader;
REVOKE ALL (a) ON TABLE rfx_user.t FROM "case Writer";
REVOKE ALL ON TABLE rfx_user.t FROM case_reader;
ALTER TABLE rfx_user.t OWNER TO postgres;
REVOKE ALL ON TABLE rfx_user.t FROM postgres;
GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE rfx_user.t TO postgres;
