-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN "K k" DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE rfx_user."t_K k_seq";
DROP SEQUENCE rfx_user.t_id_seq;
ALTER TABLE rfx_user.t DROP COLUMN "K k";
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t DROP COLUMN id;
ALTER TABLE rfx_user.t ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE rfx_user.t ADD COLUMN "K k" uuid DEFAULT gen_random_uuid();
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN "K k" DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.t DROP COLUMN "K k";
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t DROP COLUMN id;
CREATE SEQUENCE rfx_user."t_K k_seq";
CREATE SEQUENCE rfx_user.t_id_seq AS integer;
ALTER TABLE rfx_user.t ADD COLUMN id integer NOT NULL DEFAULT nextval('rfx_user.t_id_seq'::regclass);
ALTER SEQUENCE rfx_user.t_id_seq OWNED BY rfx_user.t.id;
ALTER TABLE rfx_user.t ADD COLUMN "K k" bigint NOT NULL DEFAULT nextval('rfx_user."t_K k_seq"'::regclass);
ALTER SEQUENCE rfx_user."t_K k_seq" OWNED BY rfx_user.t."K k";
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
