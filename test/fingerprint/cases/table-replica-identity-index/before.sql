CREATE TABLE app.t (a integer NOT NULL);
CREATE UNIQUE INDEX t_a ON app.t (a);
