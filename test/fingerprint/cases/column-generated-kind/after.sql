CREATE TABLE app.t (a integer GENERATED ALWAYS AS (b * 2) VIRTUAL, b integer);
