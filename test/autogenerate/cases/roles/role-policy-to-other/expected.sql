-- upgrade
ALTER POLICY a ON rfx_user.t TO "case Writer";

-- downgrade
ALTER POLICY a ON rfx_user.t TO case_reader;
