-- upgrade
ALTER TABLE rfx_user.member ALTER COLUMN level TYPE integer USING level::integer;
UPDATE rfx_user.member SET note = '-' WHERE note IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE rfx_user.member ALTER COLUMN note SET NOT NULL;
UPDATE rfx_user.member SET role = 'none' WHERE role IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE rfx_user.member ALTER COLUMN role SET NOT NULL;

-- downgrade
ALTER TABLE rfx_user.member ALTER COLUMN level TYPE text;
ALTER TABLE rfx_user.member ALTER COLUMN note DROP NOT NULL;
ALTER TABLE rfx_user.member ALTER COLUMN role DROP NOT NULL;
