-- upgrade
ALTER TABLE rfx_user.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.p(id) NOT ENFORCED NOT VALID;

-- downgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT c_p_fkey;
