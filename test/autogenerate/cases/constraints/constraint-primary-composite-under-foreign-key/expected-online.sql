-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.p ADD CONSTRAINT just_mig_0a29981a8fef CHECK (b IS NOT NULL) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.p VALIDATE CONSTRAINT just_mig_0a29981a8fef;
-- in one transaction:
ALTER TABLE rfx_user.p ALTER COLUMN b SET NOT NULL;
ALTER TABLE rfx_user.p DROP CONSTRAINT just_mig_0a29981a8fef;
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY p_a_key ON rfx_user.p (a);
CREATE UNIQUE INDEX CONCURRENTLY just_mig_3a19020394a5 ON rfx_user.p (a, b);
-- in one transaction:
ALTER TABLE rfx_user.c DROP CONSTRAINT c_a_fkey;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_pkey;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_a_key UNIQUE USING INDEX p_a_key;
ALTER TABLE rfx_user.c ADD CONSTRAINT c_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.p(a) NOT VALID;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_pkey PRIMARY KEY USING INDEX just_mig_3a19020394a5;
-- each on its own:
ALTER TABLE rfx_user.c VALIDATE CONSTRAINT c_a_fkey;

-- downgrade
-- each on its own:
CREATE UNIQUE INDEX CONCURRENTLY just_mig_3a19020394a5 ON rfx_user.p (a);
-- in one transaction:
ALTER TABLE rfx_user.c DROP CONSTRAINT c_a_fkey;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_a_key;
ALTER TABLE rfx_user.p DROP CONSTRAINT p_pkey;
ALTER TABLE rfx_user.p ALTER COLUMN b DROP NOT NULL;
ALTER TABLE rfx_user.p ADD CONSTRAINT p_pkey PRIMARY KEY USING INDEX just_mig_3a19020394a5;
ALTER TABLE rfx_user.c ADD CONSTRAINT c_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.p(a) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.c VALIDATE CONSTRAINT c_a_fkey;
