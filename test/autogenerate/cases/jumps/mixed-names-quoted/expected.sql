-- upgrade
DROP VIEW rfx_user."My View";
ALTER TABLE rfx_user."My Table" ADD COLUMN "tick`$" integer DEFAULT 1;
ALTER TABLE rfx_user."My Table" ALTER COLUMN "a.b" TYPE character varying(9);
ALTER TABLE rfx_user."My Table" ALTER COLUMN "Id" TYPE bigint;
CREATE VIEW rfx_user."My View" AS
 SELECT "a.b"
   FROM rfx_user."My Table";
CREATE INDEX "ünï" ON rfx_user."My Table" USING btree ("a.b");

-- downgrade
DROP INDEX rfx_user."ünï";
DROP VIEW rfx_user."My View";
ALTER TABLE rfx_user."My Table" DROP COLUMN "tick`$";
ALTER TABLE rfx_user."My Table" ALTER COLUMN "a.b" TYPE text;
ALTER TABLE rfx_user."My Table" ALTER COLUMN "Id" TYPE integer;
CREATE VIEW rfx_user."My View" AS
 SELECT "a.b"
   FROM rfx_user."My Table";
