-- upgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (k);

-- downgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
