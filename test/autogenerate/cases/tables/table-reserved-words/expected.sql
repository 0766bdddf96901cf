-- upgrade
CREATE TABLE rfx_user."user" (
  "order"  integer NOT NULL,
  "select" text,
  "table"  text,
  "limit"  integer,
  CONSTRAINT user_pkey PRIMARY KEY ("order")
);

-- downgrade
DROP TABLE rfx_user."user";
