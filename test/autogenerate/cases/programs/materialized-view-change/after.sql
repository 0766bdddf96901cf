CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n, max(id) AS m FROM profile; CREATE UNIQUE INDEX totals_n ON totals (n);
