-- upgrade
ALTER TABLE rfx_user.t RENAME TO t_old;
ALTER TABLE rfx_user.t_old RENAME CONSTRAINT t_pkey TO t_old_pkey;
CREATE TABLE rfx_user.t (
  id bigint NOT NULL,
  b  date,
  CONSTRAINT t_pkey PRIMARY KEY (id)
);

-- downgrade
DROP TABLE rfx_user.t;
ALTER TABLE rfx_user.t_old RENAME TO t;
ALTER TABLE rfx_user.t RENAME CONSTRAINT t_old_pkey TO t_pkey;
