CREATE TABLE app.t (a integer GENERATED ALWAYS AS (b * 3) STORED, b integer);
