CREATE TABLE t (id int PRIMARY KEY, a text);
GRANT SELECT ON t TO case_reader;
GRANT UPDATE (a) ON t TO "case Writer" WITH GRANT OPTION;
ALTER TABLE t OWNER TO case_reader;
GRANT USAGE ON SCHEMA rfx_user TO case_reader;
