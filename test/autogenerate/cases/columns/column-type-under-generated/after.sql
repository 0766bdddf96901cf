CREATE TABLE t (id int PRIMARY KEY, n bigint, twice bigint GENERATED ALWAYS AS (n * 2) STORED);
