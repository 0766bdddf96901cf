-- upgrade
ALTER TYPE rfx_user.point3 DROP ATTRIBUTE gone CASCADE;
ALTER TYPE rfx_user.point3 ADD ATTRIBUTE z integer CASCADE;
ALTER TYPE rfx_user.point3 ADD ATTRIBUTE label text CASCADE;
ALTER TABLE rfx_user.place ALTER COLUMN at TYPE text USING at::text;
ALTER TABLE rfx_user.place ALTER COLUMN path TYPE text[] USING path::text[];
DROP TYPE rfx_user.point3;
CREATE TYPE rfx_user.point3 AS (x bigint, y integer, z integer, label text);
ALTER TABLE rfx_user.place ALTER COLUMN at TYPE rfx_user.point3 USING at::rfx_user.point3;
ALTER TABLE rfx_user.place ALTER COLUMN path TYPE rfx_user.point3[] USING path::rfx_user.point3[];

-- downgrade
ALTER TABLE rfx_user.place DROP COLUMN at;
ALTER TABLE rfx_user.place DROP COLUMN path;
DROP TYPE rfx_user.point3;
CREATE TYPE rfx_user.point3 AS (x integer, gone text, y integer);
ALTER TABLE rfx_user.place ADD COLUMN at rfx_user.point3;
ALTER TABLE rfx_user.place ADD COLUMN path rfx_user.point3[];
