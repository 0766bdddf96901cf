CREATE TABLE app.t (a integer, b text);
CREATE SEQUENCE app.s;
ALTER SEQUENCE app.s OWNED BY app.t.a;
