CREATE TABLE app.p (a integer) PARTITION BY LIST (a);
