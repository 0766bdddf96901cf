-- upgrade
ALTER TYPE rfx_user.pair DROP ATTRIBUTE b CASCADE;

-- downgrade
ALTER TYPE rfx_user.pair ADD ATTRIBUTE b text CASCADE;
