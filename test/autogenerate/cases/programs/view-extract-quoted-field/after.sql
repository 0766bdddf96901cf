CREATE TABLE sale (id int, at timestamp CHECK (extract('YEAR' FROM at) > 2000), y int GENERATED ALWAYS AS (extract('MONTH' FROM at)::int) STORED);
CREATE VIEW years AS SELECT extract('YEAR' FROM at) AS y, extract(month FROM at) AS m, 'EXTRACT(YEAR FROM' AS t FROM sale;
CREATE MATERIALIZED VIEW days AS SELECT extract('DAY' FROM at) AS d FROM sale;
