CREATE TABLE app.p (a integer) PARTITION BY RANGE (a);
CREATE TABLE app.p1 (a integer);
