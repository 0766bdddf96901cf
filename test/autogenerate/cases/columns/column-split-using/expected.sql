-- upgrade
ALTER TABLE rfx_user.contact ADD COLUMN first_name text;
UPDATE rfx_user.contact SET first_name = split_part(display_name, ' ', 1) WHERE first_name IS NULL;
ALTER TABLE rfx_user.contact ALTER COLUMN first_name SET NOT NULL;
ALTER TABLE rfx_user.contact ADD COLUMN last_name text;
UPDATE rfx_user.contact SET last_name = split_part(display_name, ' ', 2);
ALTER TABLE rfx_user.contact DROP COLUMN display_name;

-- downgrade
ALTER TABLE rfx_user.contact ADD COLUMN display_name text;
UPDATE rfx_user.contact SET display_name = first_name || ' ' || last_name WHERE display_name IS NULL;
ALTER TABLE rfx_user.contact ALTER COLUMN display_name SET NOT NULL;
ALTER TABLE rfx_user.contact DROP COLUMN first_name;
ALTER TABLE rfx_user.contact DROP COLUMN last_name;
