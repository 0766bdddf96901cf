CREATE TABLE app.t (a integer PRIMARY KEY, b text);
ALTER TABLE app.t CLUSTER ON t_pkey;
