CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t ALTER a SET (n_distinct = 5, n_distinct_inherited = 6);
