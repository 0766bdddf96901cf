-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.t ADD COLUMN c integer NOT NULL DEFAULT 4;
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a, c);
-- in one transaction:
DROP INDEX rfx_user.ti;
DROP VIEW rfx_user.w;
ALTER TABLE rfx_user.t DROP COLUMN b;
CREATE VIEW rfx_user.w AS
 SELECT a,
    c
   FROM rfx_user.t;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;

-- downgrade
-- in one transaction:
ALTER TABLE rfx_user.t ADD COLUMN b integer NOT NULL DEFAULT 3;
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_2a4a3542f786 ON rfx_user.t USING btree (a, b);
-- in one transaction:
DROP INDEX rfx_user.ti;
DROP VIEW rfx_user.w;
ALTER TABLE rfx_user.t DROP COLUMN c;
CREATE VIEW rfx_user.w AS
 SELECT a,
    b
   FROM rfx_user.t;
ALTER INDEX rfx_user.just_mig_2a4a3542f786 RENAME TO ti;
