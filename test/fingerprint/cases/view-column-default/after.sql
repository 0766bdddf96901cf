CREATE TABLE app.t (a integer, b text);
CREATE VIEW app.v AS SELECT a FROM app.t;
ALTER VIEW app.v ALTER a SET DEFAULT 3;
