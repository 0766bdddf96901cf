-- upgrade
CREATE DOMAIN rfx_user.positive AS integer CONSTRAINT positive_check CHECK ((VALUE > 0));
CREATE TABLE rfx_user.t (
  id integer           NOT NULL,
  n  rfx_user.positive DEFAULT 1,
  CONSTRAINT t_pkey PRIMARY KEY (id)
);

-- downgrade
DROP TABLE rfx_user.t;
DROP DOMAIN rfx_user.positive;
