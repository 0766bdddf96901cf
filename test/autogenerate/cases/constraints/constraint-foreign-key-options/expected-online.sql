-- upgrade
-- in one transaction:
ALTER TABLE rfx_user.c DROP CONSTRAINT c_p_fkey;
ALTER TABLE rfx_user.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.p(id) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.c VALIDATE CONSTRAINT c_p_fkey;

-- downgrade
-- in one transaction:
ALTER TABLE rfx_user.c DROP CONSTRAINT c_p_fkey;
ALTER TABLE rfx_user.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.p(id) NOT VALID;
-- each on its own:
ALTER TABLE rfx_user.c VALIDATE CONSTRAINT c_p_fkey;
