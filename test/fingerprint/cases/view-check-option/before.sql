CREATE TABLE app.t (a integer, b text);
CREATE VIEW app.v AS SELECT a FROM app.t;
