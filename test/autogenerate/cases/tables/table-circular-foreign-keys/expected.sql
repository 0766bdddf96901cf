-- upgrade
CREATE TABLE rfx_user.a (
  id bigint NOT NULL,
  b  bigint,
  CONSTRAINT a_pkey PRIMARY KEY (id)
);
CREATE TABLE rfx_user.b (
  id bigint NOT NULL,
  a  bigint,
  CONSTRAINT b_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.a(id);
ALTER TABLE rfx_user.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES rfx_user.b(id) DEFERRABLE INITIALLY DEFERRED;

-- downgrade
ALTER TABLE rfx_user.a DROP CONSTRAINT a_b_fkey;
ALTER TABLE rfx_user.b DROP CONSTRAINT b_a_fkey;
DROP TABLE rfx_user.a;
DROP TABLE rfx_user.b;
