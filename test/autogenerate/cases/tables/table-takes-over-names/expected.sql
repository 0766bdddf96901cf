-- upgrade
DROP TABLE rfx_user.old;
CREATE TABLE rfx_user.fresh (
  id uuid    NOT NULL,
  v  integer,
  CONSTRAINT the_key PRIMARY KEY (id)
);
CREATE INDEX by_v ON rfx_user.fresh USING btree (v);

-- downgrade
DROP TABLE rfx_user.fresh;
CREATE TABLE rfx_user.old (
  id bigint NOT NULL,
  v  text,
  CONSTRAINT the_key PRIMARY KEY (id)
);
CREATE INDEX by_v ON rfx_user.old USING btree (v);
