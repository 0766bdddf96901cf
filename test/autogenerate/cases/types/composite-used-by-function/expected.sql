-- upgrade
ALTER TYPE rfx_user.pair DROP ATTRIBUTE b CASCADE;
ALTER TYPE rfx_user.pair ADD ATTRIBUTE c text CASCADE;

-- downgrade
ALTER TYPE rfx_user.pair DROP ATTRIBUTE c CASCADE;
ALTER TYPE rfx_user.pair ADD ATTRIBUTE b text CASCADE;
