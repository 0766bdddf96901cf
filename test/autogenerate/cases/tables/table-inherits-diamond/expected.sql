-- upgrade
CREATE TABLE rfx_user.bottom () INHERITS (rfx_user.left_one, rfx_user.right_one);
CREATE TABLE rfx_user.deepest () INHERITS (rfx_user.bottom);
ALTER TABLE rfx_user.bottom ADD COLUMN own integer;
ALTER TABLE rfx_user.deepest ADD COLUMN more integer;
ALTER TABLE rfx_user.root ADD COLUMN label text NOT NULL DEFAULT ''::text;
ALTER TABLE rfx_user.left_one ALTER COLUMN l SET NOT NULL;
ALTER TABLE rfx_user.bottom ADD CONSTRAINT bottom_own_check CHECK ((own > 0));
ALTER TABLE rfx_user.right_one ADD CONSTRAINT right_r CHECK ((r <> ''::text));
ALTER TABLE rfx_user.root ADD CONSTRAINT root_label CHECK ((length(label) < 100));
ALTER TABLE rfx_user.deepest ALTER COLUMN id SET DEFAULT 5;

-- downgrade
ALTER TABLE rfx_user.right_one DROP CONSTRAINT right_r;
ALTER TABLE rfx_user.root DROP CONSTRAINT root_label;
ALTER TABLE rfx_user.root DROP COLUMN label;
DROP TABLE rfx_user.deepest;
DROP TABLE rfx_user.bottom;
ALTER TABLE rfx_user.left_one ALTER COLUMN l DROP NOT NULL;
