CREATE TABLE app.p (a integer) PARTITION BY HASH (a);
