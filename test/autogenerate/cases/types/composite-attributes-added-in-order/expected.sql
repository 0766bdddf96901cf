-- upgrade
CREATE TYPE rfx_user.unit AS ENUM ('m', 'ft');
ALTER TYPE rfx_user.point3 ADD ATTRIBUTE z integer CASCADE;
ALTER TYPE rfx_user.point3 ADD ATTRIBUTE y integer CASCADE;
ALTER TYPE rfx_user.point3 ADD ATTRIBUTE u rfx_user.unit CASCADE;
ALTER TYPE rfx_user.point3 ADD ATTRIBUTE a text CASCADE;

-- downgrade
ALTER TYPE rfx_user.point3 DROP ATTRIBUTE a CASCADE;
ALTER TYPE rfx_user.point3 DROP ATTRIBUTE u CASCADE;
ALTER TYPE rfx_user.point3 DROP ATTRIBUTE y CASCADE;
ALTER TYPE rfx_user.point3 DROP ATTRIBUTE z CASCADE;
DROP TYPE rfx_user.unit;
