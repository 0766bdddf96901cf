-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE uuid USING gen_random_uuid();

-- downgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t DROP COLUMN id;
ALTER TABLE rfx_user.t ADD COLUMN id integer NOT NULL;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
