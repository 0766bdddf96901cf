-- upgrade
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.f()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
CREATE SEQUENCE rfx_user.u_id_seq AS integer;
ALTER SEQUENCE rfx_user.u_id_seq OWNER TO postgres;
CREATE TABLE rfx_user.u (
  id integer NOT NULL DEFAULT nextval('rfx_user.u_id_seq'::regclass),
  CONSTRAINT u_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.u OWNER TO postgres;
ALTER SEQUENCE rfx_user.u_id_seq OWNED BY rfx_user.u.id;
GRANT SELECT ON TABLE rfx_user.u TO case_reader;
REVOKE ALL ON TABLE rfx_user.u FROM postgres;
GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE rfx_user.u TO postgres;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA rfx_user GRANT SELECT ON TABLES TO case_reader;

-- downgrade
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA rfx_user REVOKE ALL ON TABLES FROM case_reader;
DROP FUNCTION rfx_user.f();
DROP TABLE rfx_user.u;
