CREATE TABLE sale (id int, at date, y int GENERATED ALWAYS AS (extract('YEAR' FROM at)::int) STORED);
CREATE VIEW years AS SELECT extract('Year' FROM at) AS y, extract(month FROM at) AS m, 'EXTRACT(YEAR FROM' AS t FROM sale;
CREATE INDEX sale_day ON sale ((extract('DAY' FROM at)));
