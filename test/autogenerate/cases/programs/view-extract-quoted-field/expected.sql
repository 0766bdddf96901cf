-- upgrade
DROP INDEX rfx_user.sale_day;
DROP VIEW rfx_user.years;
ALTER TABLE rfx_user.sale DROP COLUMN y;
ALTER TABLE rfx_user.sale ALTER COLUMN at TYPE timestamp without time zone;
ALTER TABLE rfx_user.sale ADD COLUMN y integer GENERATED ALWAYS AS ((EXTRACT('MONTH' FROM at))::integer) STORED;
ALTER TABLE rfx_user.sale ADD CONSTRAINT sale_at_check CHECK ((EXTRACT('YEAR' FROM at) > (2000)::numeric));
CREATE VIEW rfx_user.years AS
 SELECT EXTRACT('YEAR' FROM at) AS y,
    EXTRACT(month FROM at) AS m,
    'EXTRACT(YEAR FROM'::text AS t
   FROM rfx_user.sale;
CREATE MATERIALIZED VIEW rfx_user.days AS
 SELECT EXTRACT('DAY' FROM at) AS d
   FROM rfx_user.sale;

-- downgrade
DROP MATERIALIZED VIEW rfx_user.days;
DROP VIEW rfx_user.years;
ALTER TABLE rfx_user.sale DROP CONSTRAINT sale_at_check;
ALTER TABLE rfx_user.sale DROP COLUMN y;
ALTER TABLE rfx_user.sale ALTER COLUMN at TYPE date;
ALTER TABLE rfx_user.sale ADD COLUMN y integer GENERATED ALWAYS AS ((EXTRACT('YEAR' FROM at))::integer) STORED;
CREATE VIEW rfx_user.years AS
 SELECT EXTRACT('Year' FROM at) AS y,
    EXTRACT(month FROM at) AS m,
    'EXTRACT(YEAR FROM'::text AS t
   FROM rfx_user.sale;
CREATE INDEX sale_day ON rfx_user.sale USING btree (EXTRACT('DAY' FROM at));
