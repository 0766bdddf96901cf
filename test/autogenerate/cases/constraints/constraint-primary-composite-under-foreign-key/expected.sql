-- upgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT c_a_fkey;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_pkey;
ALTER TABLE rfx_user.p ALTER COLUMN b SET NOT NULL;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_a_key UNIQUE (a);
ALTER TABLE rfx_user.c ADD CONSTRAINT c_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.p(a);
ALTER TABLE rfx_user.p ADD CONSTRAINT p_pkey PRIMARY KEY (a, b);

-- downgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT c_a_fkey;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_a_key;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_pkey;
ALTER TABLE rfx_user.p ALTER COLUMN b DROP NOT NULL;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_pkey PRIMARY KEY (a);
ALTER TABLE rfx_user.c ADD CONSTRAINT c_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.p(a);
