CREATE TABLE app.t (a integer, b text);
CREATE INDEX t_a ON app.t (a);
ALTER TABLE app.t CLUSTER ON t_a;
