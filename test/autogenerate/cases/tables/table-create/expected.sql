-- upgrade
CREATE TABLE rfx_user.profile (
  id    bigint NOT NULL,
  name  text   NOT NULL,
  email text,
  CONSTRAINT profile_pkey PRIMARY KEY (id)
);

-- downgrade
DROP TABLE rfx_user.profile;
