-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN name TO size;
ALTER TABLE rfx_user.t ALTER COLUMN size TYPE integer USING length(size);

-- downgrade
ALTER TABLE rfx_user.t RENAME COLUMN size TO name;
ALTER TABLE rfx_user.t ALTER COLUMN name TYPE text;
