-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.t ADD CONSTRAINT just_mig_480924fcf3a1 CHECK (id IS NOT NULL) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.t VALIDATE CONSTRAINT just_mig_480924fcf3a1;
-- in one transaction:
ALTER TABLE rfx_user.t ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.t DROP CONSTRAINT just_mig_480924fcf3a1;
ALTER TABLE rfx_user.t ADD CONSTRAINT just_mig_7ea1527b96b6 CHECK (valid IS NOT NULL) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.t VALIDATE CONSTRAINT just_mig_7ea1527b96b6;
-- in one transaction:
ALTER TABLE rfx_user.t ALTER COLUMN valid SET NOT NULL;
ALTER TABLE rfx_user.t DROP CONSTRAINT just_mig_7ea1527b96b6;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_pkey PRIMARY KEY (id, valid WITHOUT OVERLAPS);

-- downgrade
-- in one transaction:
ALTER TABLE rfx_user.t DROP CONSTRAINT t_pkey;
ALTER TABLE rfx_user.t ALTER COLUMN id DROP NOT NULL;
ALTER TABLE rfx_user.t ALTER COLUMN valid DROP NOT NULL;
