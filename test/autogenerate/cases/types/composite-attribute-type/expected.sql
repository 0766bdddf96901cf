-- upgrade
ALTER TYPE rfx_user.pair ALTER ATTRIBUTE a TYPE bigint CASCADE;

-- downgrade
ALTER TYPE rfx_user.pair ALTER ATTRIBUTE a TYPE integer CASCADE;
