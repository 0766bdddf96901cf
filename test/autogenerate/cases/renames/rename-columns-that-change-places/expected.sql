-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN a TO a__renamed;
ALTER TABLE rfx_user.t RENAME COLUMN b TO a;
ALTER TABLE rfx_user.t RENAME COLUMN a__renamed TO b;
ALTER TABLE rfx_user.t ADD COLUMN c text;

-- downgrade
ALTER TABLE rfx_user.t RENAME COLUMN b TO b__renamed;
ALTER TABLE rfx_user.t RENAME COLUMN a TO b;
ALTER TABLE rfx_user.t RENAME COLUMN b__renamed TO a;
ALTER TABLE rfx_user.t DROP COLUMN c;
