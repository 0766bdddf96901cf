-- upgrade
DROP TABLE rfx_user.staff;

-- downgrade
CREATE TABLE rfx_user.staff () INHERITS (rfx_user.profile);
ALTER TABLE rfx_user.staff ADD COLUMN salary numeric;
