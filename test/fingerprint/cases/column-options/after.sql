CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t ALTER a SET (n_distinct = -0.5);
