-- upgrade
ALTER SEQUENCE rfx_user.t_id_seq AS bigint MAXVALUE 9223372036854775807;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT nextval('rfx_user.t_id_seq'::regclass);

-- downgrade
ALTER SEQUENCE rfx_user.t_id_seq AS integer MAXVALUE 2147483647;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.t ALTER COLUMN id SET DEFAULT nextval('rfx_user.t_id_seq'::regclass);
