-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN a TO b;
ALTER TABLE rfx_user.t ADD COLUMN a date;

-- downgrade
ALTER TABLE rfx_user.t DROP COLUMN a;
ALTER TABLE rfx_user.t RENAME COLUMN b TO a;
