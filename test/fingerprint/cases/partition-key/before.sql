CREATE TABLE app.p (a integer, b integer) PARTITION BY RANGE (a);
