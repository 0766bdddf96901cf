CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t SET TABLESPACE mig_fingerprint_space;
