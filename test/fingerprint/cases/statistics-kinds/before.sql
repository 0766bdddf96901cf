CREATE TABLE app.t (a integer, b text);
CREATE STATISTICS app.s (ndistinct) ON a, b FROM app.t;
