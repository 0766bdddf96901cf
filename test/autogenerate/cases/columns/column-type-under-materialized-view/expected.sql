-- upgrade
DROP MATERIALIZED VIEW rfx_user.v;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE bigint;
CREATE MATERIALIZED VIEW rfx_user.v AS
 SELECT id,
    n
   FROM rfx_user.t;
CREATE UNIQUE INDEX v_id ON rfx_user.v USING btree (id);

-- downgrade
DROP MATERIALIZED VIEW rfx_user.v;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
CREATE MATERIALIZED VIEW rfx_user.v AS
 SELECT id,
    n
   FROM rfx_user.t;
CREATE UNIQUE INDEX v_id ON rfx_user.v USING btree (id);
