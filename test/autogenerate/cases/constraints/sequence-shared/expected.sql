-- upgrade
ALTER TABLE rfx_user.bird ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.fish ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE rfx_user.fish_number;
CREATE SEQUENCE rfx_user.animal_id;
CREATE SEQUENCE rfx_user.swimmer;
SELECT setval('rfx_user.swimmer', last_value, is_called) FROM rfx_user.cat_number;
DROP SEQUENCE rfx_user.cat_number;
ALTER TABLE rfx_user.bird ALTER COLUMN id SET DEFAULT nextval('rfx_user.swimmer'::regclass);
ALTER TABLE rfx_user.cat ALTER COLUMN id SET DEFAULT nextval('rfx_user.animal_id'::regclass);
SELECT setval('rfx_user.animal_id', max(id)) FROM rfx_user.cat HAVING max(id) >= (SELECT last_value FROM rfx_user.animal_id);
ALTER TABLE rfx_user.dog ALTER COLUMN id SET DEFAULT nextval('rfx_user.animal_id'::regclass);
SELECT setval('rfx_user.animal_id', max(id)) FROM rfx_user.dog HAVING max(id) >= (SELECT last_value FROM rfx_user.animal_id);
ALTER TABLE rfx_user.fish ALTER COLUMN id SET DEFAULT nextval('rfx_user.swimmer'::regclass);
SELECT setval('rfx_user.swimmer', max(id)) FROM rfx_user.fish HAVING max(id) >= (SELECT last_value FROM rfx_user.swimmer);

-- downgrade
ALTER TABLE rfx_user.bird ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.cat ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.dog ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.fish ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE rfx_user.animal_id;
CREATE SEQUENCE rfx_user.cat_number;
SELECT setval('rfx_user.cat_number', last_value, is_called) FROM rfx_user.swimmer;
CREATE SEQUENCE rfx_user.fish_number;
SELECT setval('rfx_user.fish_number', last_value, is_called) FROM rfx_user.swimmer;
DROP SEQUENCE rfx_user.swimmer;
ALTER TABLE rfx_user.bird ALTER COLUMN id SET DEFAULT nextval('rfx_user.cat_number'::regclass);
ALTER TABLE rfx_user.fish ALTER COLUMN id SET DEFAULT nextval('rfx_user.fish_number'::regclass);
