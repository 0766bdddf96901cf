-- upgrade
ALTER TYPE rfx_user.pair ADD ATTRIBUTE c date CASCADE;

-- downgrade
ALTER TYPE rfx_user.pair DROP ATTRIBUTE c CASCADE;
