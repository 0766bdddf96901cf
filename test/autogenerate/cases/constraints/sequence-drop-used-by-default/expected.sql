-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE rfx_user.ids;

-- downgrade
CREATE SEQUENCE rfx_user.ids;
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT nextval('rfx_user.ids'::regclass);
SELECT setval('rfx_user.ids', max(id)) FROM rfx_user.t HAVING max(id) >= (SELECT last_value FROM rfx_user.ids);
