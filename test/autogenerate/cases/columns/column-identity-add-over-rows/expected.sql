-- upgrade
CREATE SEQUENCE rfx_user.k_id_seq;
ALTER TABLE rfx_user.g ADD COLUMN u text GENERATED ALWAYS AS (upper(n)) STORED NOT NULL;
ALTER TABLE rfx_user.k ADD COLUMN id bigint NOT NULL DEFAULT nextval('rfx_user.k_id_seq'::regclass);
ALTER SEQUENCE rfx_user.k_id_seq OWNED BY rfx_user.k.id;
ALTER TABLE rfx_user.t ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY NOT NULL;
ALTER TABLE rfx_user.k ADD CONSTRAINT k_pkey PRIMARY KEY (id);
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);

-- downgrade
ALTER TABLE rfx_user.k DROP CONSTRAINT k_pkey;
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.g DROP COLUMN u;
ALTER TABLE rfx_user.k DROP COLUMN id;
ALTER TABLE rfx_user.t DROP COLUMN id;
