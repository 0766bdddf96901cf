CREATE TABLE app.t (a integer, b text);
CREATE STATISTICS app.s (mcv) ON a, b FROM app.t;
