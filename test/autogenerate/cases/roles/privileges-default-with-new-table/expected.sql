-- upgrade
CREATE TABLE rfx_user.u (
  id integer NOT NULL,
  CONSTRAINT u_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.u OWNER TO postgres;
GRANT SELECT ON TABLE rfx_user.u TO case_reader;
REVOKE ALL ON TABLE rfx_user.u FROM postgres;
GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE rfx_user.u TO postgres;

-- downgrade
DROP TABLE rfx_user.u;
