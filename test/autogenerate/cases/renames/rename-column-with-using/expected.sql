-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN a TO amount;
ALTER TABLE rfx_user.t ALTER COLUMN amount TYPE integer USING regexp_replace(amount, '[^0-9]', '', 'g')::int;
ALTER TABLE rfx_user.t ALTER COLUMN amount SET NOT NULL;

-- downgrade
ALTER TABLE rfx_user.t RENAME COLUMN amount TO a;
ALTER TABLE rfx_user.t ALTER COLUMN a DROP NOT NULL;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE text;
