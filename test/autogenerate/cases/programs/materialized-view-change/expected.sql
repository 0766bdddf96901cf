-- upgrade
DROP MATERIALIZED VIEW rfx_user.totals;
CREATE MATERIALIZED VIEW rfx_user.totals AS
 SELECT count(*) AS n,
    max(id) AS m
   FROM rfx_user.profile;
CREATE UNIQUE INDEX totals_n ON rfx_user.totals USING btree (n);

-- downgrade
DROP MATERIALIZED VIEW rfx_user.totals;
CREATE MATERIALIZED VIEW rfx_user.totals AS
 SELECT count(*) AS n
   FROM rfx_user.profile;
CREATE UNIQUE INDEX totals_n ON rfx_user.totals USING btree (n);
