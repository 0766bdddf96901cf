CREATE TABLE app.t (a integer, b text);
CREATE STATISTICS app.s ON a, b FROM app.t;
