-- upgrade of user
DROP TABLE rfx_user.t;
-- upgrade of policy
CREATE TABLE rfx_policy.t (
  id integer NOT NULL,
  CONSTRAINT t_pkey PRIMARY KEY (id)
);

-- downgrade of policy
DROP TABLE rfx_policy.t;
-- downgrade of user
CREATE TABLE rfx_user.t (
  id integer NOT NULL,
  CONSTRAINT t_pkey PRIMARY KEY (id)
);
