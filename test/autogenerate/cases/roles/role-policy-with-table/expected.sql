-- upgrade
CREATE TABLE rfx_user.t (
  id  integer NOT NULL,
  who text,
  CONSTRAINT t_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON rfx_user.t FOR SELECT TO case_reader USING ((who = CURRENT_USER));

-- downgrade
DROP TABLE rfx_user.t;
