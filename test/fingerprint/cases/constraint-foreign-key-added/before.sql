CREATE TABLE app.r (x integer PRIMARY KEY, y integer UNIQUE);
CREATE TABLE app.t (a integer, b integer);
