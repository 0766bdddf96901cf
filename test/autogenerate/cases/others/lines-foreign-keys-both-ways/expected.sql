-- upgrade of policy
CREATE TABLE rfx_policy.b (
  id bigint NOT NULL,
  a  bigint,
  CONSTRAINT b_pkey PRIMARY KEY (id)
);
-- upgrade of user
CREATE TABLE rfx_user.a (
  id bigint NOT NULL,
  b  bigint,
  CONSTRAINT a_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES rfx_policy.b(id);
-- upgrade of policy
ALTER TABLE rfx_policy.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.a(id);

-- downgrade of policy
ALTER TABLE rfx_policy.b DROP CONSTRAINT b_a_fkey;
-- downgrade of user
ALTER TABLE rfx_user.a DROP CONSTRAINT a_b_fkey;
DROP TABLE rfx_user.a;
-- downgrade of policy
DROP TABLE rfx_policy.b;
