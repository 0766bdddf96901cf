-- upgrade
CREATE TABLE rfx_user.staff () INHERITS (rfx_user.profile);
ALTER TABLE rfx_user.staff ADD COLUMN salary numeric;

-- downgrade
DROP TABLE rfx_user.staff;
