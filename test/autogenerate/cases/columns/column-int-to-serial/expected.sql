-- upgrade
CREATE SEQUENCE rfx_user.t_id_seq AS integer;
ALTER SEQUENCE rfx_user.t_id_seq OWNED BY rfx_user.t.id;
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT nextval('rfx_user.t_id_seq'::regclass);
SELECT setval('rfx_user.t_id_seq', max(id)) FROM rfx_user.t HAVING max(id) >= (SELECT last_value FROM rfx_user.t_id_seq);

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE rfx_user.t_id_seq;
