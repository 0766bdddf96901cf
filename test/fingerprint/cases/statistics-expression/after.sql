CREATE TABLE app.t (a integer, b text);
CREATE STATISTICS app.s ON a, lower(b) FROM app.t;
