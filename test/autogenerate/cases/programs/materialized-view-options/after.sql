CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE MATERIALIZED VIEW totals WITH (fillfactor = 60) AS SELECT count(*) AS n FROM profile;
