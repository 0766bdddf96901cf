-- upgrade
CREATE TABLE rfx_user.people (
  id   bigint NOT NULL,
  name text,
  CONSTRAINT people_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.people OF rfx_user.person;

-- downgrade
DROP TABLE rfx_user.people;
