CREATE TABLE app.t (a integer, b text);
CREATE SEQUENCE app.s;
