-- upgrade
ALTER TYPE rfx_user.pair RENAME ATTRIBUTE y TO label;
ALTER DOMAIN rfx_user.code RENAME TO short_code;
ALTER DOMAIN rfx_user.short_code RENAME CONSTRAINT code_check TO short_code_check;

-- downgrade
ALTER TYPE rfx_user.pair RENAME ATTRIBUTE label TO y;
ALTER DOMAIN rfx_user.short_code RENAME TO code;
ALTER DOMAIN rfx_user.code RENAME CONSTRAINT short_code_check TO code_check;
