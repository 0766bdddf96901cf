-- upgrade of message
CREATE TABLE rfx_message.m (
  id integer NOT NULL,
  p  integer,
  u  bigint,
  CONSTRAINT m_pkey PRIMARY KEY (id)
);
-- upgrade of policy
CREATE TABLE rfx_policy.p (
  id integer NOT NULL,
  CONSTRAINT p_pkey PRIMARY KEY (id)
);
-- upgrade of user
ALTER TABLE rfx_user.profile ADD COLUMN phone text;
-- upgrade of message
ALTER TABLE rfx_message.m ADD CONSTRAINT m_u_fkey FOREIGN KEY (u) REFERENCES rfx_user.profile(id);
ALTER TABLE rfx_message.m ADD CONSTRAINT m_p_fkey FOREIGN KEY (p) REFERENCES rfx_policy.p(id);

-- downgrade of message
ALTER TABLE rfx_message.m DROP CONSTRAINT m_p_fkey;
ALTER TABLE rfx_message.m DROP CONSTRAINT m_u_fkey;
-- downgrade of user
ALTER TABLE rfx_user.profile DROP COLUMN phone;
-- downgrade of policy
DROP TABLE rfx_policy.p;
-- downgrade of message
DROP TABLE rfx_message.m;
