-- upgrade
ALTER TABLE rfx_user.c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES rfx_user.p(id) NOT VALID;

-- downgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT fk;
