-- upgrade
ALTER TABLE rfx_user.c ADD CONSTRAINT c_a_b_fkey FOREIGN KEY (a, b) REFERENCES rfx_user.p(a, b) MATCH FULL ON DELETE SET NULL (b);

-- downgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT c_a_b_fkey;
