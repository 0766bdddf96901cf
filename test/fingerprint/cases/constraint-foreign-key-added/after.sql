CREATE TABLE app.r (x integer PRIMARY KEY, y integer UNIQUE);
CREATE TABLE app.t (a integer, b integer);
ALTER TABLE app.t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES app.r;
