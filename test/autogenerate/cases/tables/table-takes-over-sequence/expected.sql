-- upgrade
CREATE TABLE rfx_user.fresh (
  id bigint NOT NULL DEFAULT nextval('rfx_user.ids'::regclass),
  v  text,
  CONSTRAINT fresh_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE rfx_user.ids OWNED BY rfx_user.fresh.id;
DROP TABLE rfx_user.old;

-- downgrade
CREATE TABLE rfx_user.old (
  id bigint NOT NULL DEFAULT nextval('rfx_user.ids'::regclass),
  v  text,
  CONSTRAINT old_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE rfx_user.ids OWNED BY rfx_user.old.id;
DROP TABLE rfx_user.fresh;
